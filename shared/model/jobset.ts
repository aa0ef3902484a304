// The compiled jobset: what is left of a YAML file after parsing, defaults and checks.
// `F` is how a file is known: a LocalFile at the submitter, an InputFile (by content) at head and node.
import type { Sha256 } from './ids.ts'
import type { JobOptions } from './options.ts'
import type { SearchSpec } from './search.ts'
import type { TrialJob } from './trial.ts'

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

/** Scheduler fields of `slurm:` and `sge:`; kept for export, values as written. */
export type SlurmFields = Readonly<Record<string, string | number>>

/** Code that a node fetches into the workspace before the build. */
export type Source =
  | { readonly kind: 'git'; readonly url: string; readonly ref: string | null; readonly submodules: boolean }
  | { readonly kind: 'archive'; readonly url: string; readonly sha256: Sha256 }

/** What a job starts: a python script that becomes `job.py`, a command for `/bin/sh -eu`, or the image's app. */
export interface JobSpec<F = InputFile> {
  readonly name: string
  /** python: becomes `job.py`; null for the other kinds */
  readonly script: F | null
  /** shell: the command; null for the other kinds */
  readonly run: string | null
  /** files for `input/`, under their aliases; they replace init files of the same name */
  readonly files: readonly F[]
  readonly slurm: SlurmFields | null
  /** names of jobs that must have succeeded first */
  readonly needs: readonly string[]
  /** what this job says otherwise than its jobset; null = nothing */
  readonly options: Partial<JobOptions> | null
  /** a job of a search */
  readonly trial?: TrialJob
}

export const kinds = ['python', 'apptainer', 'shell'] as const
export type Kind = (typeof kinds)[number]

/** Everything of a jobset but its jobs. */
export interface JobsetSpec<F = InputFile> {
  readonly kind: Kind
  readonly meta: JobsetMeta
  readonly initialize: {
    /** python: becomes `build.py`; null = nothing to build */
    readonly buildFile: F | null
    /** shell: command for `/bin/sh -eu`; null = nothing to build */
    readonly build: string | null
    /** apptainer: the image */
    readonly sif: F | null
    /** apptainer: paths inside the container that a folder is bound to */
    readonly mounts: readonly string[]
    readonly source: Source | null
    /** another jobset may use this build although its sources are not pinned */
    readonly share: boolean
    /** nothing that was built before is good enough (`dist add --rebuild`) */
    readonly rebuild?: boolean
    readonly files: readonly F[]
  }
  /** for every job that does not say otherwise */
  readonly options: JobOptions
  readonly slurm: SlurmFields | null
  readonly sge: SlurmFields | null
  /** higher first; only within the submitter's rights */
  readonly priority: number
  /** batches of the same namespace that must have succeeded first */
  readonly after: readonly string[]
  /** failed jobs after which the rest is cancelled; a share of all jobs as 0..1 */
  readonly maxFails: { readonly count: number } | { readonly share: number } | null
  readonly maxConcurrent: number | null
  /** ms of a node's silence after which its attempts are lost; null = the head's default */
  readonly lostAfter: number | null
  /** which saved files feed the table of results: name pattern -> format */
  readonly collect: Readonly<Record<string, string>> | null
  readonly comment: string | null
  /** runs elsewhere, in the bundle of this id: no node is given its jobs, their results come by `dist import` */
  readonly bundle?: string
  /** its jobs are made by the head, one a trial */
  readonly search?: SearchSpec<F>
}

/** Its build may serve other jobsets, and theirs it: the sources are pinned, or the file says so. */
export function sharesBuild({ initialize }: Pick<JobsetSpec<unknown>, 'initialize'>): boolean {
  const { source, share } = initialize
  return share || source?.kind === 'archive' || (source?.kind === 'git' && /^[0-9a-f]{40}$/.test(source.ref ?? ''))
}

/** A build runs something: without, laying a workspace out is all of it. */
export function hasBuild({ initialize }: Pick<JobsetSpec<unknown>, 'initialize'>): boolean {
  return initialize.buildFile !== null || initialize.build !== null || initialize.source !== null
}

export interface Jobset<F = InputFile> extends JobsetSpec<F> {
  readonly jobs: readonly JobSpec<F>[]
}
