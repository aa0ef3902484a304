// Worker thread around makeSnapshot: the copy of a large database takes seconds, which nobody else may wait for.
import { parentPort, workerData } from 'node:worker_threads'
import { toPortable } from './requests.ts'
import { makeSnapshot } from './snapshot.ts'
import type { SnapshotReply, SnapshotThreadData } from './take-snapshot.ts'

const { database, target } = workerData as SnapshotThreadData

function work(): SnapshotReply {
  try {
    return { kind: 'done', snapshot: makeSnapshot(database, target) }
  } catch (error) {
    return { kind: 'failed', error: toPortable(error) }
  }
}

parentPort?.postMessage(work())
