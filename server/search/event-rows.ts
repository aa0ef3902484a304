// Events of a search as rows hold them, and back.
import { assertNever } from '../../shared/base/assert.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { TrialEnd } from '../../shared/model/trial.ts'
import type { Params } from '../../shared/model/value.ts'
import type { SearchEvent } from '../../shared/search/search-step.ts'
import type { EventRow } from '../ports/search-advance.ts'

export function toEventRow(event: SearchEvent): EventRow {
  switch (event.kind) {
    case 'suggested':
      return row(event.kind, event.trial, event.params)
    case 'exhausted':
      return row(event.kind, event.trial)
    case 'ended':
      return row(event.kind, event.trial, { run: event.run, end: event.end })
    case 'extended':
      return row(event.kind, null, event.samples)
    case 'stop':
      return row(event.kind, null, { cancel: event.cancel, failed: event.failed })
    case 'begun':
    case 'retry_failed':
      return row(event.kind, null)
    default:
      return assertNever(event)
  }
}

export function fromEventRow({ kind, trial, body }: EventRow): SearchEvent {
  const said: unknown = body === null ? null : JSON.parse(body)
  const number = trial ?? -1
  switch (kind as SearchEvent['kind']) {
    case 'begun':
      return { kind: 'begun' }
    case 'suggested':
      return { kind: 'suggested', trial: number, params: said as Params }
    case 'exhausted':
      return { kind: 'exhausted', trial: number }
    case 'ended':
      return { kind: 'ended', trial: number, ...(said as { readonly run: number; readonly end: TrialEnd }) }
    case 'extended':
      return { kind: 'extended', samples: said as number }
    case 'stop':
      return { kind: 'stop', ...(said as { readonly cancel: boolean; readonly failed: boolean }) }
    case 'retry_failed':
      return { kind: 'retry_failed' }
    default:
      throw new DistError('bug', `the history of a search has an event '${kind}', which this version does not know`)
  }
}

function row(kind: SearchEvent['kind'], trial: number | null, body: unknown = null): EventRow {
  return { kind, trial, body: body === null ? null : JSON.stringify(body) }
}
