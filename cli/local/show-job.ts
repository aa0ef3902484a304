// What `dist show` tells of a job: how it stands, what it used, and every attempt.
import type { AttemptReply, JobReply } from '../../shared/api/types.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { printFacts } from '../render/facts.ts'
import { jobsetLabel, outcomeText, statePaint } from '../render/labels.ts'
import { localTime } from '../render/local-time.ts'
import { type Cell, renderTable } from '../render/table.ts'
import { oneLine } from '../render/text-width.ts'
import { resolveJob, type Target } from './resolve-target.ts'

const columns = [
  { title: 'TRY', align: 'right' },
  { title: 'NODE', shrink: 8 },
  { title: 'CORES', align: 'right' },
  { title: 'STARTED' },
  { title: 'TIME', align: 'right' },
  { title: 'PEAK', align: 'right' },
  { title: 'OUTCOME', shrink: 12 },
] as const

export async function showJob(context: Context, target: Target): Promise<number> {
  const job = await resolveJob(context, 'look', target)
  const head = await context.head()
  const { attempts } = await context.patiently('look', () => head.attempts(job.id, context.signal))
  context.value({ jobset: target.jobset, job, attempts })
  const label = oneLine(`${jobsetLabel(target.jobset)}/${job.name}`)
  context.print(context.out.bold(label))
  printFacts(context, facts(context, job))
  if (attempts.length > 0) {
    context.print('')
    const rows = attempts.map((attempt) => row(context, attempt))
    for (const line of renderTable(columns, rows, { width: context.io.stdout.columns, paintTitle: context.out.dim })) context.print(line)
  }
  const again = job.state === 'failed' || job.state === 'cancelled' || job.state === 'skipped' ? `, then dist retry ${label}` : ''
  if (attempts.length > 0) context.note(context.err.dim(`next: dist logs ${label}${job.state === 'running' ? ' -f' : again}`))
  return exitCode.done
}

function facts(context: Context, job: JobReply): [string, string][] {
  const outcome = outcomeText(job.outcome)
  const lines: [string, string][] = [['state', statePaint(context.out, job.state)(job.state)]]
  if (outcome !== null && outcome !== job.state) lines.push(['outcome', oneLine(outcome)])
  if (job.node !== null) lines.push(['node', job.node])
  if (job.startedAt !== null) lines.push(['started', localTime(job.startedAt, context.io.env)])
  if (job.finishedAt !== null) lines.push(['ended', localTime(job.finishedAt, context.io.env)])
  if (job.usage !== null) {
    const { wallSeconds, userSeconds, systemSeconds, peakMemory, memorySource } = job.usage
    const cpu = formatDuration((userSeconds + systemSeconds) * 1000)
    lines.push([
      'used',
      `${formatDuration(wallSeconds * 1000)}, CPU ${cpu}, at most ${formatBytes(peakMemory)} of memory (${memorySource})`,
    ])
  }
  for (const [i, notice] of job.notices.entries()) lines.push([i === 0 ? 'notices' : '', oneLine(notice)])
  return lines
}

function row(context: Context, attempt: AttemptReply): Cell[] {
  const { startedAt, finishedAt, usage } = attempt
  const took = usage !== null ? usage.wallSeconds * 1000 : startedAt === null ? null : (finishedAt ?? context.now()) - startedAt
  const how = outcomeText(attempt.outcome) ?? attempt.state
  return [
    attempt.number === null ? '' : String(attempt.number),
    attempt.node,
    String(attempt.cores),
    startedAt === null ? '' : localTime(startedAt, context.io.env),
    took === null ? '' : formatDuration(Math.max(0, took)),
    usage === null ? '' : formatBytes(usage.peakMemory),
    { text: oneLine(how), paint: attempt.committed ? statePaint(context.out, how) : context.out.dim },
  ]
}
