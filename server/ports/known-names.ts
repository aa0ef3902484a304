// Whether a name in the data folder is one of ours. Implemented by store/reads; used by verify and gc.
import type { Sha256 } from '../../shared/model/ids.ts'

export interface UnusedBlobs {
  readonly removed: readonly { readonly sha256: Sha256; readonly size: number }[]
  /** where to go on, null at the end */
  readonly last: string | null
}

export interface KnownNames {
  jobset(namespace: string, batch: string): number | null
  /** attempt whose files belong into the job's folder */
  committed(jobset: number, job: string): string | null
  /** attempt whose files belong into `.attempts/<job>/<mark>` */
  attempt(jobset: number, job: string, mark: string): string | null
  /** something of a build on this node is kept */
  build(jobset: number, node: string): boolean
  /** some result still lies in this pack */
  pack(pack: number): boolean
  blob(sha256: string): boolean
  /** a page of contents that no jobset and no draft names, as the transition collectBlobs would take them */
  unusedBlobs(after: string, limit: number): UnusedBlobs
}
