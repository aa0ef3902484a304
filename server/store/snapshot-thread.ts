// Worker thread around makeSnapshot: the copy of a large database takes seconds, which nobody else may wait for.
import { parentPort, workerData } from 'node:worker_threads'
import { toPortable } from './requests.ts'
import type { ThreadReply } from './run-thread.ts'
import { makeSnapshot } from './snapshot.ts'

const { database, target } = workerData as { readonly database: string; readonly target: string }

function work(): ThreadReply {
  try {
    return { kind: 'done', value: makeSnapshot(database, target) }
  } catch (error) {
    return { kind: 'failed', error: toPortable(error) }
  }
}

parentPort?.postMessage(work())
