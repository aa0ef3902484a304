// Where the files of attempts and builds are right now. Placement may change the answer at any moment, so places are asked
// for again and again; manifests never change, and may be megabytes. Implemented by store/reads.
import type { Manifest } from '../../shared/model/manifest.ts'

export type Location =
  | { readonly kind: 'none' }
  | { readonly kind: 'pack'; readonly pack: number; readonly offset: number }
  | { readonly kind: 'incoming' }
  | { readonly kind: 'folder' }
  /** a rule of the administrator removed it, or is about to */
  | { readonly kind: 'removed' }

export interface ResultPlace {
  /** attempt or build id */
  readonly id: string
  readonly location: Location
  /** it ended, or was given up: what of it did not come by now hardly will */
  readonly over: boolean
  /** where the files end, relative to results/ */
  readonly folder: string
  /** files that end elsewhere: path in the result -> path relative to results/ */
  readonly outside: ReadonlyMap<string, string>
}

export interface ResultPlaces {
  attempt(id: string): ResultPlace | undefined
  build(id: string): ResultPlace | undefined
  /** empty for an attempt of which nothing came */
  attemptManifest(id: string): Manifest
  buildManifest(id: string): Manifest
}

/** Of an attempt or a build; undefined where neither is known. */
export function placeOf(id: string, places: Pick<ResultPlaces, 'attempt' | 'build'>): ResultPlace | undefined {
  return places.attempt(id) ?? places.build(id)
}

/** What was uploaded of it is on its way to its place, or a node may still send the rest. */
export function isUploadWanted(place: ResultPlace | undefined): boolean {
  return place?.location.kind === 'incoming' || place?.location.kind === 'none'
}

/** An open file of a result; the owner closes `fd`. Its bytes begin at `start` (a pack holds others too). */
export interface OpenResult {
  readonly fd: number
  readonly start: number
  readonly size: number
}

/** Opens a file of a result that lies in a pack; null when that pack is gone (placed meanwhile). */
export type OpenPacked = (id: string, at: { readonly pack: number; readonly offset: number }, path: string) => OpenResult | null
