// What `dist show` tells of a jobset: state, progress, builds, what runs, failures in groups, and what to look at next.
import type { BuildReply, JobReply, JobsetReply } from '../../shared/api/types.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { printFacts } from '../render/facts.ts'
import { ago, counted, finishedJobs, jobsetLabel, outcomeText, statePaint } from '../render/labels.ts'
import { localTime } from '../render/local-time.ts'
import { isUnicode, progressBar } from '../render/progress.ts'
import { provenanceText } from '../render/provenance-text.ts'
import { bestOf } from '../render/search-labels.ts'
import { oneLine, truncate } from '../render/text-width.ts'
import { listJobs } from './list-jobs.ts'
import { type FailureGroup, groupFailures } from './report-outcome.ts'

const mostRunning = 8
const mostRead = 20_000

export async function showJobset(context: Context, jobset: JobsetReply): Promise<number> {
  const head = await context.head()
  const { builds } = await context.patiently('look', () => head.builds(jobset.id, context.signal))
  const { running, failed, cancelled } = jobset.counts
  const list = async (state: JobReply['state'], limit: number) => (await listJobs(context, head, jobset.id, { state, limit })).jobs
  const bad = [...(failed > 0 ? await list('failed', mostRead) : []), ...(cancelled > 0 ? await list('cancelled', mostRead) : [])]
  const failures = groupFailures(bad)
  context.value({ jobset, builds, failures })
  if (context.json) return exitCode.done
  const atWork = running > 0 ? await list('running', mostRunning) : []
  context.print(context.out.bold(jobsetLabel(jobset)))
  printFacts(context, [...facts(context, jobset), ...buildFacts(context, builds), ...runningFacts(context, jobset, atWork)])
  printFacts(context, failureFacts(context, failures))
  context.note(context.err.dim(`next: ${nextStep(jobset, failures)}`))
  return exitCode.done
}

type Fact = readonly [name: string, value: string]

function facts(context: Context, jobset: JobsetReply): Fact[] {
  const { counts, match } = jobset
  const now = context.now()
  const state = jobset.state === 'active' && jobset.held !== null ? 'held' : jobset.state
  const done = finishedJobs(counts)
  const fraction = jobset.jobs === 0 ? 1 : done / jobset.jobs
  const bar = progressBar(fraction, 20, isUnicode(context.io.env))
  const end = jobset.finishedAt
  const took = end === null ? '' : `, ended ${ago(Math.min(end, now), now)}, took ${formatDuration(Math.max(0, end - jobset.submittedAt))}`
  const lines: Fact[] = [
    ['state', `${statePaint(context.out, state)(state)}${jobset.reason === null ? '' : `: ${oneLine(jobset.reason)}`}`],
    ['progress', `${bar} ${Math.floor(fraction * 100)} %, ${done} of ${counted(jobset.jobs, 'job')} done`],
    ['jobs', countsText(counts)],
    ['submitted', `${localTime(jobset.submittedAt, context.io.env)}, ${ago(jobset.submittedAt, now)}, by ${oneLine(jobset.owner)}${took}`],
  ]
  if (jobset.search !== undefined) lines.push(['search', searchText(jobset.search, bestOf(jobset))])
  if (jobset.provenance !== null) lines.push(['from', oneLine(provenanceText(jobset.provenance))])
  if (jobset.priority !== 0) lines.push(['priority', String(jobset.priority)])
  if (jobset.held !== null) lines.push(['held', `by ${oneLine(jobset.held)}: it gets no nodes`])
  lines.push(['kind', jobset.kind])
  if (jobset.capabilities.length > 0) lines.push(['needs', oneLine(jobset.capabilities.join(' '))])
  const who =
    match.nodes === 0 ? `none can run it${match.closest === null ? '' : `: ${oneLine(match.closest)}`}` : `${match.nodes} can run it`
  lines.push(['nodes', match.nodes === 0 ? who : `${who}, ${match.online} of them now`])
  return lines
}

function searchText({ total, ended, reported }: NonNullable<JobsetReply['search']>, best: string | null): string {
  const parts = [`${ended} of ${counted(total, 'trial')} done`]
  if (ended > reported) parts.push(`${ended - reported} without a result`)
  return [...parts, ...(best === null ? [] : [best])].join(', ')
}

function countsText(counts: JobsetReply['counts']): string {
  const parts = Object.entries(counts).flatMap(([state, count]) => (count > 0 ? [`${count} ${state}`] : []))
  return parts.length === 0 ? 'none' : parts.join(', ')
}

function buildFacts(context: Context, builds: readonly BuildReply[]): Fact[] {
  return builds.map((build, i) => {
    const how = outcomeText(build.outcome) ?? build.state
    const took =
      build.startedAt === null
        ? ''
        : ` ${build.finishedAt === null ? 'for' : 'in'} ${formatDuration(Math.max(0, (build.finishedAt ?? context.now()) - build.startedAt))}`
    return [i === 0 ? 'builds' : '', `${build.node}: ${oneLine(how)}${took}`]
  })
}

function runningFacts(context: Context, jobset: JobsetReply, jobs: readonly JobReply[]): Fact[] {
  const lines = jobs.map((job, i): Fact => {
    const since = job.startedAt === null ? '' : ` for ${formatDuration(Math.max(0, context.now() - job.startedAt))}`
    return [i === 0 ? 'running' : '', `${oneLine(job.name)} on ${job.node ?? '?'}${since}`]
  })
  const more = jobset.counts.running - jobs.length
  return more > 0 && lines.length > 0 ? [...lines, ['', `and ${more} more: dist jobs ${jobsetLabel(jobset)} --state running`]] : lines
}

function failureFacts(context: Context, failures: readonly FailureGroup[]): Fact[] {
  const columns = context.io.stdout.columns
  return failures.map((group, i) => {
    const names = group.jobs.slice(0, 3).join(', ')
    const text = `${group.count} × ${oneLine(group.outcome)}: ${oneLine(names)}${group.count > 3 ? ', …' : ''}`
    return [i === 0 ? 'failures' : '', columns === null ? text : truncate(text, Math.max(20, columns - 14))]
  })
}

function nextStep(jobset: JobsetReply, failures: readonly FailureGroup[]): string {
  const label = jobsetLabel(jobset)
  const [worst] = failures
  if (jobset.state === 'active') return jobset.held === null ? `dist watch ${label}` : `dist release ${label}`
  if (jobset.search !== undefined) return `dist results ${label}`
  if (worst === undefined) return `dist pull ${label}`
  if (worst.outcome.startsWith('build failed')) return `dist logs --build ${label}`
  return oneLine(`dist logs ${label}/${worst.jobs[0]}, then dist retry ${label} --failed`)
}
