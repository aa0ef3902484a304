// What becomes of the uploaded bytes of an attempt or build, by where its result lies. One rule for everyone who removes some:
// uploads that end, verdicts, the start of the head, gc.
import { isUploadWanted, placeOf, type ResultPlaces } from '../ports/result-places.ts'
import type { Incoming } from './incoming.ts'

/** Something of it came: its node sent it again while it was committed, and that stays nowhere. */
export function discardLate(id: string, incoming: Incoming, places: ResultPlaces): void {
  if (!isUploadWanted(placeOf(id, places))) incoming.discard(id)
}

/** It has its verdict, or was handed back: what came of it goes, unless it is committed and waits for its placement. */
export function settleUpload(id: string, incoming: Incoming, places: ResultPlaces): void {
  if (!incoming.holds(id)) return
  if (placeOf(id, places)?.location.kind === 'incoming') incoming.forget(id)
  else incoming.discard(id)
}
