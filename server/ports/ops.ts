// What keeps a head in order, for the routes. Implemented by ops/, put together in ops-side.ts.
import type { Readable } from 'node:stream'

export interface Ops {
  /** The data folder as a tar. The stream fails with `unavailable` before its first byte while gc or another backup runs. */
  backup(signal: AbortSignal): Promise<Readable>
  /** What is missing, changed or too much, one JSON object a line. */
  verify(signal: AbortSignal): Readable
  /** Removes what nothing needs, and tells what, one JSON object a line. `unavailable` while a backup runs. */
  collect(options: { readonly dry: boolean; readonly signal: AbortSignal }): Promise<Readable>
  /** What happens by itself: retention, if a rule says so, and old events. */
  tidy(signal: AbortSignal): Promise<void>
  /** Throws `over_quota` when the namespace may take no more work. */
  assertQuota(namespace: string): Promise<void>
}
