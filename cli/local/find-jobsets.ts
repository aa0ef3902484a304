// Asks the head for jobsets by names or patterns, and for the one submitted last. Used by resolve-target.ts.
import type { HeadClient } from '../../shared/api/client.ts'
import type { JobsetReply } from '../../shared/api/types.ts'
import type { Context, Stakes } from '../context.ts'
import { hasWildcard, matchesWildcard } from './wildcard.ts'

export interface JobsetNames {
  readonly namespace?: string
  readonly batch: string
  /** also its later versions, NAME@2, … */
  readonly versions?: boolean
}

export type FindJobsets = (names: JobsetNames) => Promise<readonly JobsetReply[]>

/** Newest first; of patterns all that fit among the newest thousand that the names without one leave. */
export function findJobsetsAt(context: Context, head: HeadClient, stakes: Stakes): FindJobsets {
  return async ({ namespace, batch, versions }) => {
    const query = { ...exact('namespace', namespace), ...exact('batch', batch), ...(versions === undefined ? {} : { versions }) }
    const { jobsets } = await context.patiently(stakes, () => head.findJobsets(query, context.signal))
    const isPattern = hasWildcard(batch) || (namespace !== undefined && hasWildcard(namespace))
    return isPattern
      ? jobsets.filter((jobset) => matchesWildcard(namespace ?? '*', jobset.namespace) && matchesWildcard(batch, jobset.batch))
      : jobsets
  }
}

function exact(key: 'namespace' | 'batch', name: string | undefined): { readonly [name in 'namespace' | 'batch']?: string } {
  return name === undefined || hasWildcard(name) ? {} : { [key]: name }
}

/** The jobset that this token submitted last; of a token that submitted none the newest of all. Null: there is none. */
export async function lastJobset(context: Context, head: HeadClient, stakes: Stakes): Promise<JobsetReply | null> {
  const [{ name }, { jobsets }] = await context.patiently(stakes, () =>
    Promise.all([head.session(context.signal), head.findJobsets({}, context.signal)]),
  )
  const newest = jobsets.toSorted((a, b) => b.submittedAt - a.submittedAt || b.id - a.id)
  return newest.find(({ owner }) => owner === name) ?? newest[0] ?? null
}
