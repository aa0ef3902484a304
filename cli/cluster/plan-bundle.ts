// How a jobset is laid out for a cluster: a folder for each job, and arrays of jobs that ask the scheduler for the same. Pure.
//
// Fields (rules of the original, reference §1.3): field by field the job's value wins over the jobset's; a job with fields of its own
// is called by its `job_name`, else by its name; one without is called by the jobset's `job_name`, else by its name. The folder has the
// job's own name for the scheduler, never the jobset's, which would be one folder for all.
import { segmentProblem } from '../../shared/files/safe-path.ts'
import type { JobSpec, Jobset, SlurmFields } from '../../shared/model/jobset.ts'
import type { JobOptions } from '../../shared/model/options.ts'
import type { Asked, Scheduler } from './scheduler.ts'
import { plainName } from './scheduler.ts'

export interface PlannedJob<F> {
  readonly job: JobSpec<F>
  /** its folder in the bundle, a plain name */
  readonly folder: string
  /** what the scheduler calls it when it is submitted alone */
  readonly name: string
  readonly options: JobOptions
  readonly asked: Asked
  /** folders of the jobs that it needs */
  readonly needs: readonly string[]
}

/** Jobs of one array. */
export interface Group<F> {
  /** from 1 */
  readonly number: number
  readonly jobs: readonly PlannedJob<F>[]
  readonly directives: readonly string[]
  /** number of groups that must be over first: those of lower levels */
  readonly level: number
}

export interface BundlePlan<F> {
  readonly jobs: readonly PlannedJob<F>[]
  /** in the order in which they are submitted */
  readonly groups: readonly Group<F>[]
  /** what the arrays and the build are called */
  readonly name: string
  /** for the build */
  readonly asked: Asked
}

/** Names in the bundle's folder that a job's cannot have. */
const taken: ReadonlySet<string> = new Set([
  ...['input', 'build', 'build_save', 'work', 'logs', 'failed', 'groups', 'dist', 'apptainer.sif', 'bundle.json', 'README.txt', 'site.sh'],
  ...[
    'build.status',
    'build_output.txt',
    'build.sl',
    'build.sh',
    'schedule_jobs.sh',
    'rsync_upload.sh',
    'rsync_download.sh',
    'jobset.yaml',
  ],
])

export function planBundle<F>(jobset: Jobset<F>, scheduler: Scheduler): BundlePlan<F> {
  const common: SlurmFields = jobset[scheduler.name] ?? {}
  const folders = new Map<string, string>()
  const used = new Set<string>(taken)
  for (const job of jobset.jobs) folders.set(job.name, freeName(wishedFolder(job, scheduler), used))
  const jobs = jobset.jobs.map((job): PlannedJob<F> => {
    const own = scheduler.name === 'slurm' ? job.slurm : null
    const options = { ...jobset.options, ...job.options }
    return {
      job,
      folder: folders.get(job.name) ?? job.name,
      name: String(own === null ? (common['job_name'] ?? plainName(job.name)) : (own['job_name'] ?? plainName(job.name))),
      options,
      asked: { fields: { ...common, ...own }, options },
      needs: job.needs.map((need) => folders.get(need) ?? need),
    }
  })
  return {
    jobs,
    groups: groupJobs(jobs, scheduler),
    name: String(common['job_name'] ?? plainName(jobset.meta.batchName)),
    asked: { fields: common, options: jobset.options },
  }
}

function wishedFolder(job: JobSpec<unknown>, scheduler: Scheduler): string {
  const own = scheduler.name === 'slurm' ? job.slurm?.['job_name'] : undefined
  return own !== undefined && segmentProblem(String(own)) === null && !String(own).startsWith('.') ? String(own) : job.name
}

/** The wish, or with a number behind it when it is taken. */
function freeName(wish: string, used: Set<string>): string {
  const base = /^(slurm|sge)_array_/.test(wish) ? `job_${wish}` : wish
  let name = base
  for (let n = 2; used.has(name); n++) name = `${base}_${n}`
  used.add(name)
  return name
}

function groupJobs<F>(jobs: readonly PlannedJob<F>[], scheduler: Scheduler): Group<F>[] {
  const levels = levelsOf(jobs)
  const groups = new Map<string, { level: number; directives: readonly string[]; jobs: PlannedJob<F>[] }>()
  for (const job of jobs) {
    const directives = scheduler.directives(job.asked)
    const level = levels.get(job.folder) ?? 0
    const key = JSON.stringify([level, directives])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { level, directives, jobs: [job] })
    else group.jobs.push(job)
  }
  return [...groups.values()].sort((a, b) => a.level - b.level).map((group, index) => ({ number: index + 1, ...group }))
}

/** 0 = needs nothing; else one more than the highest of what it needs. Needs have no circles (checked when the file was read). */
function levelsOf(jobs: readonly PlannedJob<unknown>[]): Map<string, number> {
  const byFolder = new Map(jobs.map((job) => [job.folder, job]))
  const levels = new Map<string, number>()
  for (const start of jobs) {
    const stack = [start.folder]
    while (stack.length > 0) {
      const folder = stack.at(-1) ?? ''
      const needs = byFolder.get(folder)?.needs ?? []
      const open = needs.filter((need) => !levels.has(need))
      if (open.length > 0) {
        stack.push(...open)
        continue
      }
      stack.pop()
      levels.set(
        folder,
        needs.reduce((most, need) => Math.max(most, (levels.get(need) ?? 0) + 1), 0),
      )
    }
  }
  return levels
}
