// What a bundle needs to know of a cluster's scheduler. Implemented by slurm.ts and sge.ts.
import type { SlurmFields } from '../../shared/model/jobset.ts'
import type { JobOptions } from '../../shared/model/options.ts'

export type SchedulerName = 'slurm' | 'sge'

/** What the file says for one job, or for the build. */
export interface Asked {
  /** fields of the jobset, overridden field by field by those of the job */
  readonly fields: SlurmFields
  readonly options: Pick<JobOptions, 'demand' | 'timeLimit'>
}

export interface Scheduler {
  readonly name: SchedulerName
  /** how its scripts end: `sl`, `sh` */
  readonly suffix: string
  /** `slurm_input.sl`: the script of one job alone, in its folder */
  readonly single: string
  /** Option words for the head of a script, in order, without the name of the job. Throws `usage` for what cannot be said. */
  directives(asked: Asked): readonly string[]
  /** The option that names it. */
  named(name: string): string
  /** The mark in front of an option in a script: `#SBATCH`. */
  readonly mark: string
  /** The option that makes an array of it. */
  array(count: number, atOnce: number | null): string
  /** Further head lines of the build and of array scripts (where what they themselves say goes). */
  readonly surroundings: readonly string[]
  /** Most tasks of one array, in a cluster as it comes. */
  readonly mostTasks: number
}

/** A job's name at a scheduler: what is no plain character becomes `_`. */
export function plainName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_.+-]/g, '_').slice(0, 128)
  return /^[A-Za-z]/.test(plain) ? plain : `j${plain}`
}
