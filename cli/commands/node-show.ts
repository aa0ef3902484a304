// `dist node show NODE`: everything that the head knows of one node.
import type { NodeReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { ago, statePaint } from '../render/labels.ts'
import { oneLine } from '../render/text-width.ts'

/** --json: one element of the API's `nodes` reply. */
export async function showNode(context: Context, name: string): Promise<number> {
  const head = await context.head()
  const { nodes } = await context.patiently('look', () => head.nodes(context.signal))
  const node = nodes.find((item) => item.name === name || item.id === name)
  if (node === undefined) throw new DistError('not_found', `there is no node '${name}'`, { hint: 'dist nodes lists them' })
  context.value(node)
  for (const [label, text] of facts(context, node)) context.print(`${context.out.dim(label.padEnd(13))}${text}`)
  return exitCode.done
}

function facts(context: Context, node: NodeReply): [string, string][] {
  const now = Date.now()
  const held = node.ahead === 0 ? String(node.running) : `${node.running}, and ${node.ahead} given ahead`
  const lines: [string, string][] = [
    ['node', `${node.name} (${node.id})`],
    ['state', statePaint(context.out, node.state)(node.state)],
    ['cores', `${node.cores}, ${node.coresUsed} of them in use`],
    ['memory', formatBytes(node.memory)],
    ...(node.gpus === 0 ? [] : ([['gpus', String(node.gpus)]] as [string, string][])),
    ['disk', `${formatBytes(node.disk)} for jobs`],
    ['slots', node.slots === 1 ? '1: one job at a time' : `${node.slots}: up to ${node.slots} jobs at once`],
    ['binding', node.pinning === '' ? 'packed jobs are bound to cores' : `jobs are not bound to cores: ${oneLine(node.pinning)}`],
    ['jobs', held],
    ['version', node.version],
    ['joined', ago(node.joinedAt, now)],
    ['last seen', node.lastSeenAt === null ? 'never' : ago(Math.min(node.lastSeenAt, now), now)],
  ]
  if (node.ownBuilds) lines.push(['builds', 'every slot builds for itself: no mount namespaces there'])
  if (node.note !== null) lines.push(['note', oneLine(node.note)])
  for (const [i, word] of node.capabilities.entries()) lines.push([i === 0 ? 'capabilities' : '', oneLine(word)])
  return lines
}
