// How this work folder comes to belong to a head: by a join code once, afterwards by what agent.json says. Called by app.ts.
import { hostname } from 'node:os'
import { DistError } from '../shared/base/errors.ts'
import type { AgentOptions } from './config/flags.ts'
import { type Membership, type NodeKey, readMembership, writeMembership } from './config/identity.ts'
import { enroll } from './head/enroll.ts'

interface JoinParts {
  readonly work: string
  readonly key: NodeKey
  readonly options: AgentOptions
  /** the name to ask for */
  readonly name: string | null
  readonly version: string
  readonly log: { info(message: string): void; warn(message: string): void }
  readonly signal: AbortSignal
}

/**
 * The membership of before; with a code for another head, or without any, a new one. A code for the head that we
 * belong to already is left alone until that head refuses us (`rejoin`): the same command line starts an agent again.
 */
export async function findMembership(parts: JoinParts): Promise<Membership> {
  const { options, work } = parts
  const known = readMembership(work)
  if (known === null || (options.join !== null && options.head !== null && options.head !== known.head)) return await rejoin(parts)
  if (options.head === null || options.head === known.head) return known
  // the head has another address now; it knows us by our key
  const moved = { ...known, head: options.head }
  writeMembership(work, moved)
  return moved
}

/** Joins with the code. `usage` when there is none. */
export async function rejoin(parts: JoinParts): Promise<Membership> {
  const { options, work, key, version, log, signal } = parts
  const { head, join } = options
  if (head === null || join === null) {
    throw new DistError('usage', `${work} belongs to no head yet`, {
      hint: 'run `dist node invite` on the head and paste its line here: dist-agent --head URL --join CODE',
    })
  }
  const name = parts.name ?? hostname()
  const reply = await enroll(head, { code: join, key: key.publicKey(), name, version }, log, signal)
  const membership = { node: reply.node, head, grpc: reply.grpc, headId: reply.head }
  writeMembership(work, membership)
  log.info(`joined ${head} as node ${reply.node}`)
  return membership
}
