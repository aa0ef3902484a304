// Where a jobset is built on this node, and which builds there are. Pure; paths are made of it in stage/places.ts.
//
// A place is a folder ws/<place> with a build of its own. It is the jobset's uid, except that a packed jobset with a build has a
// place of its own per slot where there are no views (own builds): `uid` for slot 0, `uid.N` for slot N. The head knows
// builds by the same words (Hello.built).
import type { JobsetUid } from '../../shared/model/ids.ts'
import { type JobsetInfo, nothingToBuild, type Place } from './work.ts'

/** `ownBuilds`: this node has no views. */
export function placeOf(jobset: JobsetInfo, slot: number, ownBuilds: boolean): Place {
  const own = ownBuilds && slot > 0 && jobset.packed && !nothingToBuild(jobset)
  return own ? (`${jobset.uid}.${slot}` as Place) : commonPlace(jobset.uid)
}

/** The place of slot 0, and of all slots where they share a build. */
export function commonPlace(uid: JobsetUid): Place {
  return uid as string as Place
}

export function uidOf(place: Place): JobsetUid {
  return place.split('.', 1)[0] as JobsetUid
}

/** The place that a name in ws/ stands for; null for what is none. */
export function parsePlace(name: string): Place | null {
  return /^[0-9a-f]{16}(\.[1-9]\d{0,4})?$/.test(name) ? (name as Place) : null
}
