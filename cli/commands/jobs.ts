// `dist jobs X`: the jobs of a jobset with state, node, what each used and how it ended.
import type { JobReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { type JobState, jobStates } from '../../shared/model/job.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import type { Context } from '../context.ts'
import { listJobs } from '../local/list-jobs.ts'
import { resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel, outcomeText, statePaint } from '../render/labels.ts'
import { StreamedTable } from '../render/streamed-table.ts'
import type { Cell } from '../render/table.ts'
import { oneLine, truncate } from '../render/text-width.ts'
import { compileLimit } from './status.ts'

export interface JobsOptions {
  readonly state?: string
  readonly limit?: string
}

/** characters of an outcome that are shown */
const maxOutcome = 400

const columns = [
  { title: 'JOB', shrink: 10 },
  { title: 'STATE' },
  { title: 'NODE', shrink: 6 },
  { title: 'TRY', align: 'right' },
  { title: 'TIME', align: 'right' },
  { title: 'CPU', align: 'right' },
  { title: 'PEAK', align: 'right' },
  { title: 'OUTCOME', shrink: 16 },
] as const

/** --json: `{jobset, jobs}`, both as in the API. */
export async function jobs(context: Context, text: string | undefined, options: JobsOptions): Promise<number> {
  const state = compileState(options.state)
  const limit = compileLimit(options.limit, Infinity)
  const { jobset, job: pattern } = await resolveTarget(context, 'look', text, 'either')
  const table = new StreamedTable(columns, { width: context.io.stdout.columns, paintTitle: context.out.dim })
  const print = (page: readonly JobReply[]): void => {
    if (page.length === 0) return
    const now = context.now()
    for (const line of table.lines(page.map((job) => row(context, job, now)))) context.print(line)
  }
  const found = await listJobs(context, await context.head(), jobset.id, { state, pattern, limit, onPage: print })
  context.value({ jobset, jobs: found.jobs })
  const label = jobsetLabel(jobset)
  if (found.jobs.length === 0 && (state !== null || pattern !== null)) {
    const which = pattern === null ? `is ${state}` : `fits ${pattern}${state === null ? '' : ` and is ${state}`}`
    context.print(`no job of ${label} ${oneLine(which)}`)
    return exitCode.done
  }
  const shown =
    found.more || state !== null || pattern !== null
      ? `${found.jobs.length} of ${counted(jobset.jobs, 'job')}`
      : counted(jobset.jobs, 'job')
  context.print('')
  context.print(`${label}: ${shown}, ${jobset.state}`)
  return exitCode.done
}

function row(context: Context, job: JobReply, now: number): Cell[] {
  return [
    job.name,
    { text: job.state, paint: statePaint(context.out, job.state) },
    job.node ?? '',
    job.attempts === 0 ? '' : String(job.attempts),
    timeOf(job, now),
    cpuOf(job),
    job.usage === null || job.usage.memorySource === 'none' ? '' : formatBytes(job.usage.peakMemory),
    outcomeCell(job),
  ]
}

/** How it ended and what is worth knowing; a pipe has no width, so a long list is cut here (`--json` has all of it). */
function outcomeCell(job: JobReply): string {
  // the column beside it says the state
  const said = `${job.state}: `
  const outcome = outcomeText(job.outcome)
  const how = outcome?.startsWith(said) === true ? outcome.slice(said.length) : outcome
  const parts = [how, ...job.notices].filter((part) => part !== null && part !== job.state)
  return truncate(oneLine(parts.join('; ')), maxOutcome)
}

/** Wall time of the attempt; of a running one so far. */
function timeOf(job: JobReply, now: number): string {
  if (job.usage !== null) return formatDuration(job.usage.wallSeconds * 1000)
  if (job.state === 'running' && job.startedAt !== null) return formatDuration(Math.max(0, now - job.startedAt))
  return ''
}

/** Of all its processes together, user and system. */
function cpuOf({ usage }: JobReply): string {
  return usage === null ? '' : formatDuration((usage.userSeconds + usage.systemSeconds) * 1000)
}

function compileState(text: string | undefined): JobState | null {
  if (text === undefined) return null
  const state = jobStates.find((candidate) => candidate === text)
  if (state !== undefined) return state
  throw new DistError('usage', `--state ${text} is no state of a job`, { hint: `one of: ${jobStates.join(', ')}` })
}
