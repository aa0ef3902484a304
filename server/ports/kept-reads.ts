// Everything whose bytes the head keeps, page by page in the order of ids: for whoever looks at all of it (backup, verify).
// Implemented by store/reads.
import type { Sha256 } from '../../shared/model/ids.ts'

export type ResultKind = 'attempt' | 'build'

export interface KeptReads {
  /** ids above `after` ('' = from the first) of which files are kept */
  results(kind: ResultKind, after: string, limit: number): string[]
  /** contents above `after` */
  blobs(after: string, limit: number): { readonly sha256: Sha256; readonly size: number }[]
}
