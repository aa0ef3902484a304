// At start: uploads and live output of attempts and builds that need them no more, because the head was killed between
// a commit and the tidying after it. Called by whoever puts the HTTP side together.
import type { ResultPlaces } from '../ports/result-places.ts'
import type { Incoming } from './incoming.ts'
import type { LiveLogs } from './live-logs.ts'

export function cleanLeftovers(incoming: Incoming, logs: LiveLogs, places: ResultPlaces): void {
  const locationOf = (id: string) => (places.attempt(id) ?? places.build(id))?.location.kind
  for (const id of incoming.leftFromBefore) {
    const location = locationOf(id)
    // 'none': it may still come; 'incoming': it is committed and waits for its placement
    if (location !== 'none' && location !== 'incoming') incoming.discard(id)
  }
  for (const id of logs.ids()) if (locationOf(id) !== 'none') logs.discard(id)
}
