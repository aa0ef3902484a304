// `dist node show NODE`: everything that the head knows of one node.
import type { NodeReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { resolveNodes } from '../local/resolve-nodes.ts'
import { exitCode } from '../program/exit-code.ts'
import { printFacts } from '../render/facts.ts'
import { ago, statePaint } from '../render/labels.ts'
import { pauseText, shownState } from '../render/node-labels.ts'
import { oneLine } from '../render/text-width.ts'

/** --json: one element of the API's `nodes` reply. */
export async function showNode(context: Context, name: string): Promise<number> {
  const [node, second] = await resolveNodes(context, 'look', name)
  if (node === undefined || second !== undefined)
    throw new DistError('ambiguous', `${name} names more than one node`, { hint: 'write more of it; dist nodes lists them' })
  context.value(node)
  printFacts(context, facts(context, node))
  return exitCode.done
}

function facts(context: Context, node: NodeReply): [string, string][] {
  const now = context.now()
  const state = shownState(node)
  const held = node.ahead === 0 ? String(node.running) : `${node.running}, and ${node.ahead} given ahead`
  const lines: [string, string][] = [
    ['node', `${node.name} (${node.id})`],
    ['state', statePaint(context.out, state)(state)],
    ...(node.paused === null ? [] : ([['', pauseText(node.paused, now, context.io.env)]] as [string, string][])),
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
