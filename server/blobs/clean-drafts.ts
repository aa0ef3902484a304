// At start: drafts that nobody came back to within a day go, and so do the pieces of uploads. Called by app.ts.
import type { Store } from '../ports/store.ts'
import type { BlobStore } from './blob-store.ts'

const keptMs = 24 * 3600_000

/** `now`: wall ms. */
export async function cleanDrafts(store: Store, blobs: BlobStore, now: number): Promise<void> {
  await store.run('dropOldDrafts', { before: now - keptMs })
  blobs.dropPartials(now - keptMs)
}
