// What `dist top` shows, as lines for a terminal of a given size: head, nodes with the cores in use, jobsets with progress.
// Pure; drawn by commands/top.ts.
import type { JobsetReply, NodeReply, StatusReply } from '../../shared/api/types.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import { ago, counted, finishedJobs, jobsetLabel, statePaint } from './labels.ts'
import { localTime } from './local-time.ts'
import { isOnline, shownState } from './node-labels.ts'
import type { Palette } from './palette.ts'
import { progressBar } from './progress.ts'
import { type Cell, renderTable } from './table.ts'
import { oneLine, textWidth, truncate } from './text-width.ts'

export interface TopFacts {
  readonly head: string
  readonly status: StatusReply
  readonly nodes: readonly NodeReply[]
  /** of this terminal's clock, wall ms */
  readonly now: number
  /** why what is shown is old; null = it is fresh */
  readonly trouble: string | null
}

export interface TopSize {
  readonly columns: number
  /** null = as many as it takes */
  readonly rows: number | null
  readonly unicode: boolean
  readonly palette: Palette
  /** for the time zone */
  readonly env: Readonly<Record<string, string | undefined>>
}

const jobsetColumns = [
  { title: 'JOBSET', shrink: 12 },
  { title: 'STATE' },
  { title: 'PROGRESS' },
  { title: 'DONE', align: 'right' },
  { title: 'FAILED', align: 'right' },
  { title: 'AT WORK', align: 'right' },
  { title: 'AGE', align: 'right' },
  { title: 'BY', shrink: 4 },
] as const

const nodeColumns = [
  { title: 'NODE', shrink: 8 },
  { title: 'STATE' },
  { title: 'CORES IN USE' },
  { title: '', align: 'right' },
  { title: 'JOBS', align: 'right' },
  { title: 'SEEN', align: 'right' },
] as const

export function topScreen(facts: TopFacts, size: TopSize): string[] {
  const { palette, columns } = size
  const head = header(facts, size)
  const nodes = facts.nodes.length === 0 ? [palette.dim('no nodes yet')] : nodeTable(facts, size)
  const jobsets = facts.status.jobsets.length === 0 ? [palette.dim('no jobsets at work')] : jobsetTable(facts, size)
  const trouble = facts.trouble === null ? [] : [palette.yellow(truncate(oneLine(facts.trouble), columns))]
  const all = [...head, ...trouble, '', ...nodes, '', ...jobsets]
  const { rows } = size
  if (rows === null || all.length <= rows) return all
  // nodes give way first to half of what is there: jobsets are what people wait for
  const room = Math.max(4, rows - head.length - trouble.length - 2)
  const forNodes = Math.max(2, Math.min(nodes.length, room - Math.min(jobsets.length, Math.ceil(room / 2))))
  const fit = [...head, ...trouble, '', ...cut(nodes, forNodes, palette), '', ...cut(jobsets, room - forNodes, palette)]
  return fit.slice(0, rows)
}

function cut(lines: readonly string[], most: number, palette: Palette): string[] {
  if (lines.length <= most) return [...lines]
  const kept = Math.max(1, most - 1)
  return [...lines.slice(0, kept), palette.dim(`… and ${lines.length - kept} more`)]
}

function header({ head, status, nodes, now }: TopFacts, { columns, palette, unicode, env }: TopSize): string[] {
  const cores = nodes.filter(isOnline).reduce((sum, node) => sum + node.cores, 0)
  const used = nodes.filter(isOnline).reduce((sum, node) => sum + node.coresUsed, 0)
  const left = `dist ${status.head.version}  ${oneLine(head)}  up ${formatDuration(Math.max(0, status.head.now - status.head.startedAt))}`
  const right = localTime(now, env).slice(11)
  const gap = columns - textWidth(left) - textWidth(right)
  const first = gap >= 2 ? palette.bold(left) + ' '.repeat(gap) + right : palette.bold(truncate(left, columns))
  const bar = progressBar(cores === 0 ? 0 : used / cores, Math.max(5, Math.min(30, columns - 60)), unicode)
  const { total, online } = status.nodes
  const second = `${counted(total, 'node')}, ${online} online   cores ${bar} ${used} of ${cores} in use`
  const notice = status.head.notice === null ? [] : [palette.yellow(truncate(oneLine(status.head.notice), columns))]
  return [first, truncate(second, columns), ...notice]
}

function nodeTable({ nodes, now }: TopFacts, { columns, palette, unicode }: TopSize): string[] {
  const rows = nodes.map((node): Cell[] => {
    const state = shownState(node)
    return [
      node.name,
      { text: state, paint: statePaint(palette, state) },
      progressBar(node.cores === 0 ? 0 : node.coresUsed / node.cores, barWidth(columns), unicode),
      `${node.coresUsed}/${node.cores}`,
      node.ahead === 0 ? String(node.running) : `${node.running} +${node.ahead}`,
      isOnline(node) ? 'now' : node.lastSeenAt === null ? 'never' : ago(Math.min(node.lastSeenAt, now), now),
    ]
  })
  return renderTable(nodeColumns, rows, { width: columns, paintTitle: palette.dim })
}

function jobsetTable({ status }: TopFacts, { columns, palette, unicode }: TopSize): string[] {
  const rows = status.jobsets.map((jobset): Cell[] => {
    const { counts } = jobset
    const state = jobset.state === 'active' && jobset.held !== null ? 'held' : jobset.state
    return [
      jobsetLabel(jobset),
      { text: state, paint: statePaint(palette, state) },
      progressBar(fractionOf(jobset), barWidth(columns), unicode),
      `${finishedJobs(counts)}/${jobset.jobs}`,
      counts.failed === 0 ? '0' : { text: String(counts.failed), paint: palette.red },
      String(counts.running + counts.claimed),
      ago(jobset.submittedAt, status.head.now).replace(' ago', ''),
      jobset.owner,
    ]
  })
  return renderTable(jobsetColumns, rows, { width: columns, paintTitle: palette.dim })
}

function fractionOf({ jobs, counts }: JobsetReply): number {
  return jobs === 0 ? 1 : finishedJobs(counts) / jobs
}

function barWidth(columns: number): number {
  return columns >= 120 ? 30 : 10
}
