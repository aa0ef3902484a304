// At start: uploads and live output of attempts and builds that need them no more, because the head was killed between
// a commit and the tidying after it. Called by whoever puts the HTTP side together.
import type { ResultPlaces } from '../ports/result-places.ts'
import type { Incoming } from './incoming.ts'
import type { LiveLogs } from './live-logs.ts'

export function cleanLeftovers(incoming: Incoming, logs: LiveLogs, places: ResultPlaces): void {
  for (const id of incoming.leftFromBefore) discardLate(id, incoming, places)
  for (const id of logs.ids()) if (locationOf(id, places) !== 'none') logs.discard(id)
}

/** Takes away what was uploaded for a result that needs it no more: its node sent it again while it was committed. */
export function discardLate(id: string, incoming: Incoming, places: ResultPlaces): void {
  const location = locationOf(id, places)
  // 'none': it may still come; 'incoming': it is committed and waits for its placement
  if (location !== 'none' && location !== 'incoming') incoming.discard(id)
}

/** It has its verdict, or was handed back: what came of it goes, unless it is committed and waits for its placement. */
export function settleUpload(id: string, incoming: Incoming, places: ResultPlaces): void {
  if (!incoming.holds(id)) return
  if (locationOf(id, places) === 'incoming') incoming.forget(id)
  else incoming.discard(id)
}

function locationOf(id: string, places: ResultPlaces) {
  return (places.attempt(id) ?? places.build(id))?.location.kind
}
