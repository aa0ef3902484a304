// What a head has of a jobset, page by page, each manifest checked. Used by pull-jobset.ts and `dist pull --dry`.
import type { HeadClient } from '../../shared/api/client.ts'
import type { JobsetReply, KeptAttemptReply, ResultReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { Context, Stakes } from '../context.ts'
import { attemptFolder, checkedAttempt, checkedManifest, type Wanted } from './checked-manifest.ts'

/** Of one job, or of one attempt of it. */
export interface Listed {
  readonly kind: 'result' | 'attempt'
  /** folder below the batch */
  readonly under: string
  readonly items: readonly Wanted[]
  /** the head's retention rule took the files away */
  readonly removed: boolean
}

const pageJobs = 500
/** a jobset has a million jobs at most: pages end */
const mostJobs = 1_000_000

export interface ListOptions {
  /** only jobs committed after this event; null: all */
  readonly since: number | null
  /** also attempts that are no results */
  readonly attempts: boolean
  readonly stakes: Stakes
}

/** Each is unlike all before it: two jobs must not write to one folder. Returns the `since` to go on with. */
export async function* listResults(
  context: Context,
  head: HeadClient,
  jobset: JobsetReply,
  { since, attempts, stakes }: ListOptions,
): AsyncGenerator<Listed, number> {
  const seen = new Set<string>()
  let at: number | null = null
  const resultsPage = async (after: number): Promise<Page<ResultReply>> => {
    const query = { after, limit: pageJobs, ...(since === null ? {} : { since }) }
    const reply = await context.patiently(stakes, () => head.results(jobset.id, query, context.signal))
    // of the first page: what is committed between two pages is listed twice, never passed over
    at ??= Number.isSafeInteger(reply.at) ? reply.at : 0
    return { rows: reply.results, more: reply.more }
  }
  for await (const result of rows(resultsPage, true)) {
    const removed = result.removed === true
    const items = checkedManifest(removed ? { ...result, manifest: [] } : result)
    if (seen.has(result.name)) throw disordered(result.name)
    seen.add(result.name)
    yield { kind: 'result', under: result.name, items, removed }
  }
  if (!attempts) return at ?? 0
  const attemptsPage = async (after: number): Promise<Page<KeptAttemptReply>> => {
    const query = { after, limit: pageJobs }
    const reply = await context.patiently(stakes, () => head.keptAttempts(jobset.id, query, context.signal))
    return { rows: reply.attempts, more: reply.more }
  }
  for await (const attempt of rows(attemptsPage, false)) {
    const items = checkedAttempt(attempt)
    const under = attemptFolder(attempt)
    if (seen.has(under)) throw disordered(under)
    seen.add(under)
    yield { kind: 'attempt', under, items, removed: false }
  }
  return at ?? 0
}

interface Page<Row> {
  readonly rows: readonly Row[]
  readonly more: boolean
}

/** Rows in the order of jobs; `strict`: one a job. A head that goes in circles is noticed. */
async function* rows<Row extends { readonly index: number; readonly name: string }>(
  load: (after: number) => Promise<Page<Row>>,
  strict: boolean,
): AsyncGenerator<Row> {
  let after = -1
  for (;;) {
    const page = await load(after)
    if (!Array.isArray(page.rows)) throw disordered('')
    const before = after
    for (const row of page.rows as readonly Row[]) {
      if (typeof row !== 'object' || row === null || !Number.isSafeInteger(row.index) || row.index >= mostJobs) throw disordered('')
      if (strict ? row.index <= after : row.index < after || row.index <= before) throw disordered(row.name)
      after = row.index
      yield row
    }
    if (!page.more || page.rows.length === 0) return
  }
}

function disordered(name: unknown): DistError {
  return new DistError('bad_path', `the head lists the job ${JSON.stringify(String(name).slice(0, 200))} twice or out of order`, {
    hint: 'do not trust this head before its administrator has looked',
  })
}
