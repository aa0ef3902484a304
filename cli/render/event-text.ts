// An event as one line for people: who or what, and what happened to it.
import type { NamedEvent } from '../local/event-names.ts'
import { outcomeText } from './labels.ts'
import { localTime } from './local-time.ts'
import type { Palette } from './palette.ts'
import { oneLine } from './text-width.ts'

/** `17:05:09  anna/sweep/job_1  started on node1`; null for what is only of use to programs. */
export function eventText(event: NamedEvent, palette: Palette, env: Readonly<Record<string, string | undefined>>): string | null {
  const what = whatHappened(event)
  if (what === null) return null
  const subject = event.jobset === null ? (event.node ?? 'head') : event.job === null ? event.jobset : `${event.jobset}/${event.job}`
  const paint = what.good === null ? (text: string) => text : what.good ? palette.green : palette.red
  return `${palette.dim(localTime(event.at, env).slice(11))}  ${oneLine(subject)}  ${paint(oneLine(what.text))}`
}

interface Happened {
  readonly text: string
  /** null = neither good nor bad */
  readonly good: boolean | null
}

function whatHappened({ kind, node, data }: NamedEvent): Happened | null {
  const on = node === null ? '' : ` on ${node}`
  const by = textOf(data, 'by') === '' ? '' : ` by ${textOf(data, 'by')}`
  const why = textOf(data, 'reason') === '' ? '' : `: ${textOf(data, 'reason')}`
  const plain = (text: string): Happened => ({ text, good: null })
  switch (kind) {
    case 'jobset_added':
      return plain(`submitted by ${textOf(data, 'owner')}, ${textOf(data, 'jobs')} jobs`)
    case 'jobset_finished':
      return { text: `${textOf(data, 'state')}${why}`, good: data['state'] === 'succeeded' }
    case 'jobset_cancelled':
      return { text: `cancelled${by}${why}`, good: false }
    case 'jobset_reopened':
      return plain(`${textOf(data, 'jobs')} jobs run again, asked for${by}`)
    case 'jobset_extended':
      if (data['samples'] !== undefined) return plain(`extended by ${textOf(data, 'samples')} samples${by}`)
      return plain(`${textOf(data, 'added')} jobs added and ${textOf(data, 'changed')} changed${by}`)
    case 'jobset_changed':
      return plain(changed(data, by))
    case 'job_started':
      return plain(
        `started${on}${textOf(data, 'number') === '1' || textOf(data, 'number') === '' ? '' : `, attempt ${textOf(data, 'number')}`}`,
      )
    case 'attempt_lost':
      return { text: `lost${on}${why}`, good: false }
    case 'committed':
      return trialEnded(data['trial']) ?? ended(data['outcome'])
    case 'build_started':
      return plain(`builds${on}`)
    case 'build_succeeded':
      return { text: `built${on}`, good: true }
    case 'build_failed':
      return { text: `build failed${on}`, good: false }
    case 'node_joined':
      return plain('joined')
    case 'node_connected':
      return plain('connected')
    case 'node_disconnected':
      return plain(`disconnected${why}`)
    case 'node_changed':
      return plain(nodeChanged(data, by))
    case 'head_restored':
      return plain('restored from a backup')
    case 'results_removed':
      return plain('results removed, as retention says')
    // between a head and its nodes, or nobody's business
    case 'job_claimed':
    case 'job_returned':
    case 'attempt_kept':
    case 'token_created':
    case 'token_revoked':
      return null
  }
}

function changed(data: NamedEvent['data'], by: string): string {
  if (data['priority'] !== undefined) return `priority ${textOf(data, 'priority')}, set${by}`
  return data['held'] === true ? `held${by}` : `released${by}`
}

function nodeChanged(data: NamedEvent['data'], by: string): string {
  if (data['cleared'] !== undefined) return `cleared${by}`
  return data['paused'] === true ? `paused${by}` : `resumed${by}`
}

/** What counts of a trial is what it reported, not how its process ended. Null of a job that is none. */
function trialEnded(end: unknown): Happened | null {
  if (typeof end !== 'object' || end === null || !('kind' in end)) return null
  if (end.kind === 'reported')
    return { text: 'values' in end && Array.isArray(end.values) ? `reported ${end.values.join(' ')}`.trimEnd() : 'reported', good: true }
  return { text: `${String(end.kind)}${'reason' in end ? `: ${String(end.reason)}` : ''}`, good: false }
}

function ended(outcome: unknown): Happened {
  if (typeof outcome !== 'object' || outcome === null || !('kind' in outcome)) return { text: 'ended', good: null }
  if (outcome.kind === 'skipped') return { text: `skipped: ${'reason' in outcome ? String(outcome.reason) : ''}`, good: false }
  return { text: outcomeText(outcome as Parameters<typeof outcomeText>[0]) ?? 'ended', good: outcome.kind === 'succeeded' }
}

function textOf(data: NamedEvent['data'], key: string): string {
  const value = data[key]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
