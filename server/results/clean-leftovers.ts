// At start: uploads and live output of attempts and builds that need them no more, because the head was killed between
// a commit and the tidying after it. Called by whoever puts the HTTP side together.
import { placeOf, type ResultPlaces } from '../ports/result-places.ts'
import type { Incoming } from './incoming.ts'
import type { LiveLogs } from './live-logs.ts'
import { discardLate } from './upload-fate.ts'

export function cleanLeftovers(incoming: Incoming, logs: LiveLogs, places: ResultPlaces): void {
  for (const id of incoming.leftFromBefore()) discardLate(id, incoming, places)
  for (const id of logs.ids()) if (placeOf(id, places)?.location.kind !== 'none') logs.discard(id)
}
