// `dist nodes`: what each node has and does.
import type { NodeReply } from '../../shared/api/types.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { ago, statePaint } from '../render/labels.ts'
import { isOnline, pauseText, shownState } from '../render/node-labels.ts'
import { type Cell, renderTable } from '../render/table.ts'
import { oneLine, truncate } from '../render/text-width.ts'

const columns = [
  { title: 'NODE', shrink: 8 },
  { title: 'STATE' },
  { title: 'CORES', align: 'right' },
  { title: 'MEMORY', align: 'right' },
  { title: 'RUNNING', align: 'right' },
  { title: 'SEEN', align: 'right' },
  { title: 'CAPABILITIES', shrink: 12 },
] as const

/** Words that have a column of their own or that every node has. */
const shownElsewhere = /^(cores|memory)=/

/** --json: the API's `nodes` reply. */
export async function nodes(context: Context): Promise<number> {
  const head = await context.head()
  const reply = await context.patiently('look', () => head.nodes(context.signal))
  context.value(reply)
  if (reply.nodes.length === 0) {
    context.print('no nodes yet: `dist node invite` prints the line that adds one')
    return exitCode.done
  }
  const now = context.now()
  const width = context.io.stdout.columns
  const rows = reply.nodes.map((node) => row(context, node, now))
  const [title, ...lines] = renderTable(columns, rows, { width, paintTitle: context.out.dim })
  context.print(title ?? '')
  reply.nodes.forEach((node, i) => {
    context.print(lines[i] ?? '')
    const remarks = [node.paused === null ? null : pauseText(node.paused, now, context.io.env), node.note]
    for (const remark of remarks)
      if (remark !== null) context.print(`  ${context.out.dim(truncate(oneLine(remark), width === null ? Infinity : width - 2))}`)
  })
  return exitCode.done
}

function row(context: Context, node: NodeReply, now: number): Cell[] {
  return [
    node.name,
    { text: shownState(node), paint: statePaint(context.out, shownState(node)) },
    node.coresUsed === 0 ? String(node.cores) : `${node.coresUsed}/${node.cores}`,
    formatBytes(node.memory),
    node.ahead === 0 ? String(node.running) : `${node.running} +${node.ahead}`,
    isOnline(node) ? 'now' : node.lastSeenAt === null ? 'never' : ago(Math.min(node.lastSeenAt, now), now),
    node.capabilities.filter((word) => !shownElsewhere.test(word)).join(' '),
  ]
}
