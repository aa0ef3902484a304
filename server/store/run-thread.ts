// One piece of slow work with the database in a thread of its own, and its answer. Called by ops-side.ts.
import { Worker } from 'node:worker_threads'
import type { UnusedBlobs } from '../ports/unused-blobs.ts'
import { fromPortable, type PortableError } from './requests.ts'
import type { Snapshot } from './snapshot.ts'
import { threadFile } from './thread-file.ts'

export type ThreadReply =
  | { readonly kind: 'done'; readonly value: Snapshot | UnusedBlobs }
  | { readonly kind: 'failed'; readonly error: PortableError }

/** Copies the database to `target`. Rejects with `disk_full` or `unavailable`; what it wrote then is left to the caller. */
export function takeSnapshot(database: string, target: string, signal: AbortSignal): Promise<Snapshot> {
  return runThread('snapshot-thread', { database, target }, signal) as Promise<Snapshot>
}

export function takeUnused(database: string, signal: AbortSignal): Promise<UnusedBlobs> {
  return runThread('unused-thread', { database }, signal) as Promise<UnusedBlobs>
}

async function runThread(name: string, workerData: unknown, signal: AbortSignal): Promise<Snapshot | UnusedBlobs> {
  signal.throwIfAborted()
  const worker = new Worker(threadFile(name), { workerData })
  try {
    return await new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      worker.once('error', reject)
      worker.once('message', (reply: ThreadReply) => {
        if (reply.kind === 'done') resolve(reply.value)
        else reject(fromPortable(reply.error))
      })
    })
  } finally {
    await worker.terminate()
  }
}
