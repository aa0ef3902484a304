// Follows a search until it is done, with a progress line, and hands on the trials as they end.
import { setTimeout as sleep } from 'node:timers/promises'
import type { HeadClient } from '../../shared/api/client.ts'
import type { JobsetReply, SearchReply, TrialReply } from '../../shared/api/types.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import type { Context } from '../context.ts'
import { jobsetLabel } from '../render/labels.ts'
import { isUnicode, Progress, progressBar } from '../render/progress.ts'
import { textWidth } from '../render/text-width.ts'

/** ms between two looks, at least */
const leastPause = 200
/** s that the head may let a look wait */
const longWait = 25
const pageSize = 1000

export interface Followed {
  readonly search: SearchReply
  readonly jobset: JobsetReply
}

/** `onTrials`: those that ended, once each, in the order of their ends. Goes on over restarts of the head. */
export async function followSearch(
  context: Context,
  first: JobsetReply,
  onTrials: (trials: readonly TrialReply[]) => Promise<void>,
): Promise<Followed> {
  const head = await context.head()
  const progress = new Progress(context.io.stderr, context.showsProgress)
  const began = performance.now()
  const told = new Set<string>()
  let jobset = first
  let since = 0
  try {
    for (;;) {
      const search = await context.patiently(
        'follow',
        () => head.searches.search(jobset.id, context.signal),
        (message) => progress.say(message),
      )
      for (const notice of search.notices) if (!told.has(notice) && told.add(notice)) progress.say(`note: ${notice}`)
      since = await newTrials(context, head, jobset.id, since, onTrials)
      if (search.state === 'done' && jobset.state !== 'active') return { search, jobset }
      const draw = (): void => {
        const { line, fraction } = progressText(search, jobset, context, performance.now() - began)
        progress.update(line, fraction)
      }
      draw()
      const tick = setInterval(draw, 1000)
      try {
        const { id, revision } = jobset
        jobset = await context.patiently(
          'follow',
          () => head.wait(id, revision, longWait, context.signal),
          (message) => progress.say(message),
        )
      } finally {
        clearInterval(tick)
      }
      await sleep(leastPause, undefined, { signal: context.signal })
    }
  } finally {
    progress.clear()
  }
}

/** Everything that ended after `since`; the revision of the last of it. */
async function newTrials(
  context: Context,
  head: HeadClient,
  jobset: number,
  since: number,
  onTrials: (trials: readonly TrialReply[]) => Promise<void>,
): Promise<number> {
  let seen = since
  for (;;) {
    const after = seen
    const { trials, more } = await context.patiently('follow', () =>
      head.searches.trials(jobset, { since: after, limit: pageSize }, context.signal),
    )
    if (trials.length > 0) await onTrials(trials)
    for (const { ended } of trials) seen = Math.max(seen, ended ?? seen)
    if (!more || seen === after) return seen
  }
}

function progressText(
  search: SearchReply,
  jobset: JobsetReply,
  context: Context,
  elapsed: number,
): { readonly line: string; readonly fraction: number } {
  const { counts, total, open, best, metrics } = search
  const done = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const fraction = total === 0 ? 0 : Math.min(1, done / total)
  const parts = [`${done}/${total} done`]
  const bad = done - counts.reported
  if (bad > 0) parts.push(`${bad} without a result`)
  if (open > 0) parts.push(`${open} at work`)
  if (best !== null)
    parts.push(`best ${metrics.map(({ name }, index) => `${name} ${Number(best.values[index]).toPrecision(5)}`).join(', ')}`)
  if (jobset.held !== null) parts.push(`held by ${jobset.held}`)
  else if (jobset.match.online === 0 && open > 0) parts.push('no node takes it now')
  const label = jobsetLabel(jobset)
  const columns = context.io.stderr.columns
  if (columns === null) return { line: `${label}: ${Math.floor(fraction * 100)} %, ${parts.join(', ')}`, fraction }
  const time = elapsed < 60_000 ? `${Math.floor(elapsed / 1000)}s` : formatDuration(elapsed)
  const tail = ` ${parts.join(', ')} · ${time}`
  const room = columns - textWidth(label) - textWidth(tail) - 2
  const bar = room < 5 ? '' : ` ${progressBar(fraction, Math.min(room, 30), isUnicode(context.io.env))}`
  return { line: `${label}${bar}${tail}`, fraction }
}
