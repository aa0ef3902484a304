// Reads the trials of a search page by page, by number or as they end.
import type { SearchReply } from '../../shared/api/types.ts'
import type { Context } from '../context.ts'
import { type TrialRow, trialRow } from './trial-row.ts'

const pageSize = 2000
/** the first page is small: somebody waits for it */
const firstPage = 200

/** By number, the first page soon. */
export async function* readPages(context: Context, jobset: number): AsyncGenerator<readonly TrialRow[]> {
  const { searches } = await context.head()
  for (let after = -1; ; ) {
    const page = { after, limit: after === -1 ? firstPage : pageSize }
    const { trials, more } = await context.patiently('look', () => searches.trials(jobset, page, context.signal))
    if (trials.length > 0) yield trials.map(trialRow)
    const last = trials.at(-1)
    if (!more || last === undefined) return
    after = last.trial
  }
}

/** Those that had ended when the search was asked about: the same rows whenever they are read again. */
export async function* readEnded(context: Context, { jobset, revision }: SearchReply): AsyncGenerator<TrialRow> {
  for await (const page of readPages(context, jobset)) {
    for (const row of page) if (row.trial.ended !== null && row.trial.ended <= revision) yield row
  }
}

/** Those that ended after `since`, in the order of their ends; the revision of the last one, or `since`. */
export async function* readNews(context: Context, jobset: number, since: number): AsyncGenerator<readonly TrialRow[], number> {
  const { searches } = await context.head()
  for (let last = since; ; ) {
    const { trials, more } = await context.patiently('follow', () =>
      searches.trials(jobset, { since: last, limit: pageSize }, context.signal),
    )
    if (trials.length > 0) yield trials.map(trialRow)
    last = trials.reduce((most, { ended }) => Math.max(most, ended ?? most), last)
    if (!more || trials.length === 0) return last
  }
}
