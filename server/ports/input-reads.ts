// Which inputs a node may read: those of jobsets it has work of. Implemented by store/reads.
import type { JobsetId, Sha256 } from '../../shared/model/ids.ts'

export interface InputReads {
  /** active jobsets that this node builds or has live attempts of */
  jobsetsOf(node: string): JobsetId[]
  isInput(jobset: JobsetId, sha256: Sha256): boolean
}
