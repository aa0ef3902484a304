// What the keeper starts for a build or a job, by kind (node.md 3 and 10, jobset.md Kinds). Called by loop/keeper-desk.ts
// and, to know early what is missing on this node, by loop/staging.ts.
import { DistError } from '../../shared/base/errors.ts'
import { buildProgram, programArgv } from '../../shared/run/program-argv.ts'
import type { JobsetInfo, Work } from '../core/work.ts'
import { trialArgv } from './trial-argv.ts'

type Job = Extract<Work, { kind: 'job' }>

export interface ArgvFacts {
  /** the workspace */
  readonly w: string
  /** where a blob lies */
  readonly blob: (sha256: string) => string
  /** where a program of the jobs' PATH lies, null when it is not there */
  readonly find: (program: string) => string | null
}

/** `probe`: of a trial, lines for its shell. `missing_program` or `bad_request` when this node cannot start such a job; the message names the reason. */
export function jobArgv(job: Job, jobset: JobsetInfo, facts: ArgvFacts, probe: string | null = null): string[] {
  const rest = [String(job.cores), ...job.args]
  if (job.trial === null || jobset.trialRules === null) return [...command(job, jobset, facts), ...rest]
  const own = job.run === null ? command(job, jobset, facts) : null
  return trialArgv({ command: job.run, program: own, rest, w: facts.w, probe }, jobset.trialRules)
}

function command(job: Job, jobset: JobsetInfo, facts: ArgvFacts): string[] {
  switch (jobset.kind) {
    case 'python':
      if (job.script === null) throw new DistError('bad_request', `job ${job.jobName} has no script`)
      needsPython(jobset, facts.find)
      return programArgv({ kind: 'python' })
    case 'shell':
      if (job.run === null) throw new DistError('bad_request', `job ${job.jobName} has no command`)
      return programArgv({ kind: 'shell', command: job.run })
    case 'apptainer': {
      if (jobset.sif === null) throw new DistError('bad_request', `jobset ${jobset.batchName} has no image`)
      const binds = bindArgument(facts.w, jobset.mounts)
      const image = facts.blob(jobset.sif.sha256)
      return programArgv({ kind: 'apptainer', container: containerProgram(facts), nv: job.gpus.length > 0, binds, image })
    }
    default:
      throw new DistError('bad_request', `this agent does not know jobs of kind ${JSON.stringify(jobset.kind)}`, {
        hint: 'update dist on this node',
      })
  }
}

/**
 * `missing_program` where a jobset needs python3 and there is none. A build is asked for before every first job, also where
 * nothing is to be built: so the head learns early that this node is none for the jobset, and gives it no jobs.
 */
export function needsPython(jobset: Pick<JobsetInfo, 'kind' | 'source'>, find: ArgvFacts['find']): void {
  if (jobset.kind !== 'python' && jobset.source === null) return
  if (find('python3') !== null) return
  if (jobset.kind === 'python') throw missing('python3', 'python3')
  throw new DistError('missing_program', 'initialize.source needs python3 on this node, which fetches it', { hint: 'install python3' })
}

/** Arguments of a build's own process; empty when only the source is fetched. */
export function buildArgv(jobset: JobsetInfo, cores: number): string[] {
  if (jobset.buildFile !== null) return buildProgram({ kind: 'python' })
  if (jobset.buildCommand !== null) return [...buildProgram({ kind: 'shell', command: jobset.buildCommand }), String(cores)]
  return []
}

/** Name of the folder in W that stands behind the `index`-th required mount. */
export function mountFolder(index: number): string {
  return `_bind_path_${index}`
}

/** The value of `--bind`. `bad_request` for what its syntax cannot say: it has no quoting. */
export function bindArgument(w: string, mounts: readonly string[]): string {
  const odd = [w, ...mounts].find((path) => /[,:]/.test(path) || !path.startsWith('/'))
  if (odd !== undefined) {
    throw new DistError('bad_request', `${JSON.stringify(odd)} cannot be bound into a container`, {
      hint: 'only absolute paths without comma and colon can; a work folder is chosen with --work',
    })
  }
  const extra = mounts.map((path, index) => `${w}/${mountFolder(index)}:${path}:rw`)
  return [`${w}/distribute_save:/distribute_save:rw`, `${w}/input:/input:rw`, ...extra].join(',')
}

/** What runs a program inside of a jobset's image, in the current folder; empty where there is none. */
export function inContainer(jobset: JobsetInfo, facts: ArgvFacts): string[] {
  if (jobset.kind !== 'apptainer' || jobset.sif === null) return []
  return [containerProgram(facts), 'exec', facts.blob(jobset.sif.sha256)]
}

function containerProgram(facts: ArgvFacts): string {
  const name = ['apptainer', 'singularity'].find((program) => facts.find(program) !== null)
  if (name === undefined) throw missing('apptainer (or singularity)', 'apptainer')
  return name
}

function missing(program: string, from: string): DistError {
  return new DistError('missing_program', `no ${program} on this node's PATH`, { hint: `install ${from}` })
}
