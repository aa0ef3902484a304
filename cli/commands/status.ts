// `dist status`: jobsets, newest first, and the nodes in one line.
import type { JobsetReply, StatusReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { ago, counted, finishedJobs, jobsetLabel, statePaint } from '../render/labels.ts'
import { bestOf } from '../render/search-labels.ts'
import { type Cell, renderTable } from '../render/table.ts'
import { oneLine, truncate } from '../render/text-width.ts'

export interface StatusOptions {
  readonly all?: boolean
  readonly limit?: string
}

const columns = [
  { title: 'JOBSET', shrink: 16 },
  { title: 'STATE' },
  { title: 'DONE', align: 'right' },
  { title: 'FAILED', align: 'right' },
  { title: 'RUNNING', align: 'right' },
  { title: 'SUBMITTED', align: 'right' },
  { title: 'BY', shrink: 4 },
] as const

/** --json: the API's `status` reply. */
export async function status(context: Context, options: StatusOptions): Promise<number> {
  const limit = compileLimit(options.limit, 50)
  const head = await context.head()
  const reply = await context.patiently('look', () => head.status({ all: options.all === true, limit }, context.signal))
  context.value(reply)
  if (reply.jobsets.length === 0) {
    context.print(options.all === true ? 'no jobsets yet' : 'no jobsets at work; all of them: dist status --all')
  } else {
    printJobsets(context, reply)
    if (reply.more) context.print(context.out.dim(`more: dist status --limit ${limit * 4}${options.all === true ? ' --all' : ''}`))
  }
  context.print('')
  if (reply.head.notice !== null) context.print(context.out.yellow(oneLine(reply.head.notice)))
  context.print(nodesLine(reply))
  return exitCode.done
}

function printJobsets(context: Context, reply: StatusReply): void {
  const width = context.io.stdout.columns
  const rows = reply.jobsets.map((jobset) => row(context, jobset, reply.head.now))
  const [title, ...lines] = renderTable(columns, rows, { width, paintTitle: context.out.dim })
  context.print(title ?? '')
  reply.jobsets.forEach((jobset, i) => {
    context.print(lines[i] ?? '')
    const remark = remarkOf(jobset)
    if (remark !== null) context.print(`  ${context.out.dim(truncate(remark, width === null ? Infinity : width - 2))}`)
  })
}

function row(context: Context, jobset: JobsetReply, now: number): Cell[] {
  const { failed, running } = jobset.counts
  return [
    jobsetLabel(jobset),
    { text: shownState(jobset), paint: statePaint(context.out, shownState(jobset)) },
    `${finishedJobs(jobset.counts)}/${jobset.jobs}`,
    failed === 0 ? '0' : { text: String(failed), paint: context.out.red },
    String(running),
    ago(jobset.submittedAt, now),
    jobset.owner,
  ]
}

/** `held` in the place of `active`. */
function shownState({ state, held }: JobsetReply): string {
  return state === 'active' && held !== null ? 'held' : state
}

/** Why it ended, or why nothing runs, or what is best so far; null when there is nothing to say. */
function remarkOf(jobset: JobsetReply): string | null {
  if (jobset.reason !== null) return oneLine(jobset.reason)
  if (jobset.state !== 'active') return bestOf(jobset)
  if (jobset.held !== null) return `held by ${oneLine(jobset.held)}: dist release ${jobsetLabel(jobset)} lets it go on`
  if (jobset.counts.cancelled > 0) return `${counted(jobset.counts.cancelled, 'job')} cancelled`
  const { nodes, online, closest } = jobset.match
  if (nodes === 0) return `no node can run it${closest === null ? '' : `: ${oneLine(closest)}`}`
  if (online === 0) return `waits for a node: ${counted(nodes, 'node')} could run it, none takes work now`
  return bestOf(jobset)
}

function nodesLine(reply: StatusReply): string {
  const { total, online, busy } = reply.nodes
  if (total === 0) return 'no nodes yet: `dist node invite` prints the line that adds one'
  return `${counted(total, 'node')}: ${online} online, ${busy} busy`
}

/** A count given as an option. Throws `usage`. */
export function compileLimit(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new DistError('usage', `--limit ${text} is no count`, { hint: 'write a whole number above 0' })
}
