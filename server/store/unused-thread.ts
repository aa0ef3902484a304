// Worker thread around findUnused: among a million references it takes seconds.
import { parentPort, workerData } from 'node:worker_threads'
import { toPortable } from './requests.ts'
import type { ThreadReply } from './run-thread.ts'
import { findUnused } from './unused-blobs.ts'

const { database } = workerData as { readonly database: string }

function work(): ThreadReply {
  try {
    return { kind: 'done', value: findUnused(database) }
  } catch (error) {
    return { kind: 'failed', error: toPortable(error) }
  }
}

parentPort?.postMessage(work())
