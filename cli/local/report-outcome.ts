// The summary of a finished jobset: what succeeded, and the failures grouped by how they ended. Used by wait, add and up.
import { join } from 'node:path'
import type { JobReply, JobsetReply } from '../../shared/api/types.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel, outcomeText } from '../render/labels.ts'
import { bestOf } from '../render/search-labels.ts'
import { oneLine } from '../render/text-width.ts'
import { listJobs } from './list-jobs.ts'

/** Jobs that ended badly in the same way. */
export interface FailureGroup {
  /** `failed: exit code 201` */
  readonly outcome: string
  readonly count: number
  /** the first of them, in file order */
  readonly jobs: readonly string[]
}

export interface OutcomeReport {
  readonly code: number
  /** for --json */
  readonly value: { readonly jobset: JobsetReply; readonly failures: readonly FailureGroup[] }
}

/** More than this many failures are grouped by their first ones. */
const mostRead = 20_000
const namesKept = 10
const namesShown = 3

/**
 * Prints the summary. Exit status 0 when the jobset succeeded, which for a search some trials need not, else 1. `saveDir`: where the results are fetched to next;
 * `folder`: where they lie then, one folder a job.
 */
export async function reportOutcome(
  context: Context,
  jobset: JobsetReply,
  saveDir: string | null = null,
  folder: string | null = saveDir === null ? null : join(saveDir, jobset.batch),
): Promise<OutcomeReport> {
  const label = jobsetLabel(jobset)
  const { succeeded, failed, cancelled, skipped } = jobset.counts
  const took = jobset.finishedAt === null ? '' : ` in ${formatDuration(Math.max(0, jobset.finishedAt - jobset.submittedAt))}`
  // of a search, single trials may have failed
  if (jobset.state === 'succeeded' && succeeded === jobset.jobs) {
    const all = jobset.jobs === 1 ? 'its one job' : `all ${counted(jobset.jobs, 'job')}`
    context.print(`${context.out.green(label)}: ${all} succeeded${took}`)
    tellBest(context, jobset)
    if (folder === null) context.note(context.err.dim(nextAfterSuccess(jobset)))
    return { code: exitCode.done, value: { jobset, failures: [] } }
  }
  const head = await context.head()
  const bad: JobReply[] = []
  if (failed > 0) bad.push(...(await listJobs(context, head, jobset.id, { state: 'failed', limit: mostRead })).jobs)
  if (cancelled > 0) bad.push(...(await listJobs(context, head, jobset.id, { state: 'cancelled', limit: mostRead })).jobs)
  const failures = groupFailures(bad)
  const counts = [`${succeeded} of ${counted(jobset.jobs, 'job')} succeeded`]
  if (failed > 0) counts.push(`${failed} failed`)
  if (cancelled > 0) counts.push(`${cancelled} cancelled`)
  if (skipped > 0) counts.push(`${skipped} skipped`)
  const isGood = jobset.state === 'succeeded'
  context.print(`${(isGood ? context.out.green : context.out.red)(label)}: ${counts.join(', ')}${took}`)
  tellBest(context, jobset)
  if (jobset.reason !== null) context.print(`  ${oneLine(jobset.reason)}`)
  for (const group of failures) {
    const names = group.jobs.slice(0, namesShown).join(', ')
    context.print(`  ${group.count} × ${oneLine(group.outcome)}: ${oneLine(names)}${group.count > namesShown ? ', …' : ''}`)
  }
  context.note(context.err.dim(`look at: ${whereToLook(jobset, failures[0], folder)}`))
  return { code: isGood ? exitCode.done : exitCode.failed, value: { jobset, failures } }
}

function tellBest(context: Context, jobset: JobsetReply): void {
  const best = bestOf(jobset)
  if (best !== null) context.print(`  ${best}`)
}

function nextAfterSuccess(jobset: JobsetReply): string {
  const label = jobsetLabel(jobset)
  return jobset.search === undefined ? `fetch the results with: dist pull ${label}` : `see the trials with: dist results ${label}`
}

function whereToLook(jobset: JobsetReply, worst: FailureGroup | undefined, folder: string | null): string {
  const isBuild = worst === undefined || worst.outcome.startsWith('build failed')
  if (folder !== null) {
    const path = isBuild ? `${jobset.batch}_build_output-*.txt` : join(worst.jobs[0] ?? '', 'stdout.txt')
    return oneLine(join(folder, path))
  }
  const label = jobsetLabel(jobset)
  return `dist logs ${isBuild ? `--build ${label}` : oneLine(`${label}/${worst.jobs[0]}`)}`
}

/** Groups by outcome, the largest first. Pure. */
export function groupFailures(jobs: readonly JobReply[]): FailureGroup[] {
  const groups = new Map<string, { count: number; jobs: string[] }>()
  for (const job of jobs) {
    const outcome = outcomeText(job.outcome) ?? job.state
    const group = groups.get(outcome) ?? { count: 0, jobs: [] }
    groups.set(outcome, group)
    group.count++
    if (group.jobs.length < namesKept) group.jobs.push(job.name)
  }
  return [...groups].map(([outcome, group]) => ({ outcome, ...group })).sort((a, b) => b.count - a.count)
}
