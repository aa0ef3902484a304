// Follows a search: calls back with the trials that ended, in the order of their ends, until it is done. Goes on over restarts of
// the head.
import { setTimeout as sleep } from 'node:timers/promises'
import type { JobsetReply, SearchReply } from '../../shared/api/types.ts'
import type { Context } from '../context.ts'
import { readNews } from './read-rows.ts'
import type { TrialRow } from './trial-row.ts'

export interface Watcher {
  readonly onRows: (rows: readonly TrialRow[]) => void | Promise<void>
  /** after every look */
  readonly onLook: (jobset: JobsetReply, search: SearchReply) => void | Promise<void>
}

/** A trial's end is told a moment after its job's, so that the head is asked again at least so often: s. */
const pace = 2
/** ms between two looks at the most */
const leastPause = 100

/** The search when it is done. */
export async function watchTrials(context: Context, first: JobsetReply, { onRows, onLook }: Watcher): Promise<SearchReply> {
  const head = await context.head()
  let jobset = first
  for (let since = 0; ; ) {
    // what it says of its end is older than the trials that are read next
    const search = await context.patiently('follow', () => head.searches.search(first.id, context.signal))
    const news = readNews(context, first.id, since)
    for (let page = await news.next(); ; page = await news.next()) {
      if (page.done === true) {
        since = page.value
        break
      }
      await onRows(page.value)
    }
    await onLook(jobset, search)
    if (search.state === 'done') return search
    await sleep(leastPause, undefined, { signal: context.signal })
    const { revision } = jobset
    jobset = await context.patiently('follow', () => head.wait(first.id, revision, pace, context.signal))
  }
}
