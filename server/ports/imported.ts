// Attempts that ran elsewhere, on a cluster, on their way into the store (`dist import`).
import type { AttemptId, JobId } from '../../shared/model/ids.ts'
import type { FinishItem } from './finish-item.ts'

/** `node` is the host's label, `slurm:cn1`. */
export interface ImportedItem extends FinishItem {
  readonly job: string
  readonly identity: string
  readonly cores: number
  readonly finishedAt: number
}

export type ImportVerdict = 'committed' | 'duplicate' | 'taken' | 'running' | 'different' | 'unknown'

export interface Imported {
  readonly attempt: AttemptId
  readonly verdict: ImportVerdict
  /** of a committed one */
  readonly job: JobId | null
}
