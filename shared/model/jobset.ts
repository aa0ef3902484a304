// The compiled jobset: what is left of a YAML file after parsing, defaults and checks.
// `F` is how a file is known: a LocalFile at the submitter, an InputFile (by content) at head and node.
import type { Sha256 } from './ids.ts'
import type { Demand } from './resources.ts'

/** A file that a job sees, known by content. `name` is its effective name: relative, safe, may name sub-folders. */
export interface InputFile {
  readonly name: string
  readonly sha256: Sha256
  /** bytes */
  readonly size: number
  /** permission bits, 0o644 or 0o755 */
  readonly mode: number
}

/** A file on the submitter's disk; `name` as in InputFile, `source` an absolute path. */
export interface LocalFile {
  readonly name: string
  readonly source: string
}

export interface JobsetMeta {
  readonly batchName: string
  readonly namespace: string
  /** requirements, each a word, `key op version`, or `!word` (capability.ts) */
  readonly capabilities: readonly string[]
  /** Matrix user to tell when done, `@name:server` */
  readonly matrix: string | null
}

/** Scheduler fields of `slurm:`; kept for export, values as written. */
export type SlurmFields = Readonly<Record<string, string | number>>

export interface JobSpec<F = InputFile> {
  readonly name: string
  /** the python script that becomes `job.py` */
  readonly script: F
  /** files for `input/`, under their aliases; they replace init files of the same name */
  readonly files: readonly F[]
  readonly slurm: SlurmFields | null
}

/** Everything of a jobset but its jobs. */
export interface JobsetSpec<F = InputFile> {
  readonly kind: 'python'
  readonly meta: JobsetMeta
  readonly initialize: {
    /** becomes `build.py`; null = nothing to build */
    readonly buildFile: F | null
    readonly files: readonly F[]
  }
  readonly demand: Demand
  readonly slurm: SlurmFields | null
}

export interface Jobset<F = InputFile> extends JobsetSpec<F> {
  readonly jobs: readonly JobSpec<F>[]
}
