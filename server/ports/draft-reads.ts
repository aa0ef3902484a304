// Drafts as the upload side reads them. Implemented by store/reads.

import type { Kind } from '../../shared/model/jobset.ts'

export interface DraftFacts {
  readonly owner: string
  readonly batch: string
  readonly kind: Kind
  readonly jobCount: number
}

export interface DraftReads {
  find(draft: string): DraftFacts | undefined
  /** drafts opened before (wall ms) */
  olderThan(before: number): number
  /** contents that the draft names and the head lacks, by hash */
  missing(draft: string): { sha256: string; size: number }[]
  /** what the draft says of a content; null when it names no such content */
  blob(draft: string, sha256: string): { size: number; stored: boolean } | null
}
