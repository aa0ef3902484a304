// What a word means to the commands about nodes: a name, an id, or a pattern of names.
import type { NodeReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { nearest } from '../../shared/text/near.ts'
import type { Context, Stakes } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { hasWildcard, matchesWildcard } from './wildcard.ts'

/** At least one; throws `not_found`. */
export async function resolveNodes(context: Context, stakes: Stakes, text: string): Promise<NodeReply[]> {
  const head = await context.head()
  const { nodes } = await context.patiently(stakes, () => head.nodes(context.signal))
  const found = nodes.filter((node) => node.id === text || matchesWildcard(text, node.name))
  if (found.length > 0) return found
  const names = nodes.map(({ name }) => name)
  const near = nearest(text, names)
  throw new DistError('not_found', hasWildcard(text) ? `no node fits ${text}` : `there is no node '${text}'`, {
    hint: near === null ? 'dist nodes lists them' : `did you mean ${near}?`,
  })
}

/** Does the same to every node of a word. With --json one node prints its value, a pattern `{each: [value]}`. */
export async function eachNode(context: Context, text: string, action: (node: NodeReply) => Promise<unknown>): Promise<number> {
  const values: unknown[] = []
  for (const node of await resolveNodes(context, 'change', text)) values.push(await action(node))
  context.value(hasWildcard(text) ? { each: values } : values[0])
  return exitCode.done
}
