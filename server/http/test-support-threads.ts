// What a running head does in threads of their own, in the test's own: threads do not start from source under vitest.
import { join } from 'node:path'
import { verifyAll } from '../ops/verify-all.ts'
import type { OpsThreads } from '../ops-side.ts'
import { makeSnapshot } from '../store/snapshot.ts'
import { findUnused } from '../store/unused-blobs.ts'

/** `folder` = the data folder. */
export function inThisThread(folder: string): OpsThreads {
  return {
    copy: async (target) => makeSnapshot(join(folder, 'dist.sqlite'), target),
    unused: async () => findUnused(join(folder, 'dist.sqlite')),
    verify(root, send, ended) {
      const now = setImmediate(() => {
        verifyAll(root, { step: () => undefined, pause: () => undefined }, Date.now(), send)
        ended(null)
      })
      return async () => clearImmediate(now)
    },
  }
}
