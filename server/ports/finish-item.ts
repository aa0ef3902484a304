// A finished attempt or build on its way into the store.
import type { Manifest } from '../../shared/model/manifest.ts'
import type { Outcome, Usage } from '../../shared/model/outcome.ts'
import type { TrialResult } from '../../shared/model/trial.ts'

export interface ResultFile {
  /** relative to the result folder, safe and unique */
  readonly path: string
  readonly mode: number
  readonly data: Uint8Array
}

export type FinishedResult =
  /** small: bytes travel with the row into a pack */
  | { readonly kind: 'inline'; readonly files: readonly ResultFile[]; readonly folders: readonly string[] }
  /** large: verified and synced in results/.incoming/<id> already */
  | { readonly kind: 'incoming'; readonly manifest: Manifest }
  /** nothing came (never started, or lost) */
  | { readonly kind: 'none' }

export interface FinishItem {
  readonly id: string
  /** the node that says so; an attempt of another node is refused */
  readonly node: string
  readonly started: boolean
  readonly startedAt: number | null
  readonly outcome: Outcome
  readonly usage: Usage | null
  readonly notices: readonly string[]
  readonly result: FinishedResult
  /** what the node says of a trial; null = the job is none, or the node said nothing that can be used */
  readonly trial: TrialResult | null
}
