// At start: drafts that nobody came back to within a day go, with the pieces of their uploads. Called by app.ts.
import type { Store } from '../ports/store.ts'
import type { BlobStore } from './blob-store.ts'

const keptMs = 24 * 3600_000

/** `now`: wall ms. */
export async function cleanDrafts(store: Store, blobs: BlobStore, now: number): Promise<void> {
  const left = await store.run('dropOldDrafts', { before: now - keptMs })
  blobs.keepPartialsOf(new Set(left))
}
