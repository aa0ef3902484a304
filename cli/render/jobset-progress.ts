// The progress line of a jobset: name, bar, counts, time. For `dist wait`, `dist watch`, and all who wait for a jobset.
import type { JobsetReply } from '../../shared/api/types.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import { finishedJobs, jobsetLabel } from './labels.ts'
import { isUnicode, progressBar } from './progress.ts'
import { bestOf } from './search-labels.ts'
import { textWidth } from './text-width.ts'

/** `columns` null: a plain line for a log. `elapsed`: ms since somebody waits. `building`: nodes that build it now. */
export function jobsetProgress(
  jobset: JobsetReply,
  columns: number | null,
  elapsed: number,
  env: Readonly<Record<string, string | undefined>>,
  building: readonly string[] = [],
): { readonly line: string; readonly fraction: number } {
  const done = finishedJobs(jobset.counts)
  const fraction = jobset.jobs === 0 ? 1 : done / jobset.jobs
  const best = bestOf(jobset)
  const parts = [...partsOf(jobset, done), ...(best === null ? [] : [best]), ...(building.length === 0 ? [] : [buildingText(building)])]
  const label = jobsetLabel(jobset)
  if (columns === null) return { line: `${label}: ${Math.floor(fraction * 100)} %, ${parts.join(', ')}`, fraction }
  const tail = ` ${parts.join(', ')} · ${elapsedText(elapsed)}`
  const room = columns - textWidth(label) - textWidth(tail) - 2
  const bar = room < 5 ? '' : ` ${progressBar(fraction, Math.min(room, 30), isUnicode(env))}`
  return { line: `${label}${bar}${tail}`, fraction }
}

function partsOf({ jobs, counts, match, held }: JobsetReply, done: number): string[] {
  const { failed, cancelled, skipped, running, claimed } = counts
  const parts = [`${done}/${jobs} done`]
  if (failed > 0) parts.push(`${failed} failed`)
  if (cancelled > 0) parts.push(`${cancelled} cancelled`)
  if (skipped > 0) parts.push(`${skipped} skipped`)
  if (running + claimed > 0) parts.push(`${running + claimed} at work`)
  if (held !== null && done < jobs) parts.push(`held by ${held}`)
  else if (done < jobs && match.online === 0 && running === 0) parts.push('no node takes it now')
  return parts
}

function buildingText(nodes: readonly string[]): string {
  const shown = nodes.slice(0, 2).join(', ')
  return `building on ${shown}${nodes.length > 2 ? ` and ${nodes.length - 2} more` : ''}`
}

/** Whole seconds: it is drawn once a second. */
function elapsedText(ms: number): string {
  return ms < 60_000 ? `${Math.floor(ms / 1000)}s` : formatDuration(ms)
}
