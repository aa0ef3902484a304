// Copies the database in a thread of its own. Called by the backup.
import { Worker } from 'node:worker_threads'
import { fromPortable, type PortableError } from './requests.ts'
import type { Snapshot } from './snapshot.ts'
import { threadFile } from './thread-file.ts'

export interface SnapshotThreadData {
  readonly database: string
  readonly target: string
}

export type SnapshotReply =
  | { readonly kind: 'done'; readonly snapshot: Snapshot }
  | { readonly kind: 'failed'; readonly error: PortableError }

/** Rejects with `disk_full` or `unavailable`; when the signal fires the thread ends and what it wrote is left to the caller. */
export async function takeSnapshot(data: SnapshotThreadData, signal: AbortSignal): Promise<Snapshot> {
  signal.throwIfAborted()
  const worker = new Worker(threadFile('snapshot-thread'), { workerData: data })
  try {
    return await new Promise<Snapshot>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      worker.once('error', reject)
      worker.once('message', (reply: SnapshotReply) => {
        if (reply.kind === 'done') resolve(reply.snapshot)
        else reject(fromPortable(reply.error))
      })
    })
  } finally {
    await worker.terminate()
  }
}
