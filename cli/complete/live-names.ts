// Names that only the head knows: jobsets, jobs, nodes, tokens. A shell waits for them, so they come soon or not at all, and
// whatever goes wrong is silent.
import { HeadClient } from '../../shared/api/client.ts'
import { assertNever } from '../../shared/base/assert.ts'
import { HttpClient } from '../../shared/net/http.ts'
import { findHead, type HeadFlags } from '../local/find-head.ts'
import type { Io } from '../local/io.ts'
import { jobsetLabel } from '../render/labels.ts'
import type { Candidate } from './wanted.ts'

/** ms */
const patience = 700
const mostJobs = 2000

/** `typed` decides how deep it goes: names of jobs come after `jobset/`. */
export async function liveNames(
  io: Io,
  flags: HeadFlags,
  what: 'jobset' | 'target' | 'node' | 'token',
  typed: string,
): Promise<Candidate[]> {
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(patience)])
  let client: HeadClient | null = null
  try {
    const found = findHead(flags, io.env)
    client = new HeadClient(new HttpClient({ base: found.url, token: found.token, userAgent: 'dist-complete' }))
    switch (what) {
      case 'node':
        return (await client.nodes(signal)).nodes.map(({ name, state }) => ({ value: name, text: state }))
      case 'token':
        return (await client.tokens(signal)).tokens.map(({ id, name, role }) => ({ value: id, text: `${name}, ${role}` }))
      case 'jobset':
      case 'target':
        return await jobsetNames(client, what === 'target', typed, signal)
      default:
        return assertNever(what)
    }
  } catch {
    return []
  } finally {
    client?.close()
  }
}

async function jobsetNames(head: HeadClient, withJobs: boolean, typed: string, signal: AbortSignal): Promise<Candidate[]> {
  const { jobsets } = await head.findJobsets({}, signal)
  const [newest] = jobsets
  const found: Candidate[] = jobsets.map((jobset) => ({ value: jobsetLabel(jobset), text: `${jobset.state}, ${jobset.jobs} jobs` }))
  if (newest !== undefined) found.push({ value: 'last', text: 'the jobset submitted last' })
  const single = jobsets.filter(({ batch }) => jobsets.filter((other) => other.batch === batch).length === 1)
  // the short form is offered to those who begin to write it
  if (typed !== '') found.push(...single.map((jobset) => ({ value: jobset.batch, text: `of ${jobset.namespace}` })))
  const at = typed.lastIndexOf('/')
  if (!withJobs || at < 0) return found
  const before = typed.slice(0, at)
  const of = jobsets.find((jobset) => jobsetLabel(jobset) === before) ?? single.find(({ batch }) => batch === before)
  if (of === undefined) return found
  const { jobs } = await head.jobs(of.id, { limit: mostJobs }, signal)
  return [...found, ...jobs.map(({ name, state }) => ({ value: `${before}/${name}`, text: state }))]
}
