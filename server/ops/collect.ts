// `dist gc`: removes what nothing needs. In this order, because each step may free what the next one looks for:
// results that a retention rule gives up, old drafts, inputs that no jobset and no draft names, uploads and packs that
// belong to nothing, live output of what is over. What is in use, or may be, stays.
import { lstatSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Breather } from '../../shared/base/breather.ts'
import { systemCode } from '../../shared/base/errors.ts'
import type { RetentionRule } from '../../shared/config/head-settings.ts'
import { walkFolder } from '../../shared/files/walk.ts'
import type { CollectedKind } from '../../shared/model/collect.ts'
import type { Sha256 } from '../../shared/model/ids.ts'
import type { DraftReads } from '../ports/draft-reads.ts'
import type { KnownNames } from '../ports/known-names.ts'
import { isUploadWanted, placeOf } from '../ports/result-places.ts'
import type { UnusedBlobs } from '../ports/unused-blobs.ts'
import { applyRetention, type RetentionDependencies } from './retention.ts'
import { Sum } from './sum.ts'

export interface CollectDependencies extends RetentionDependencies {
  readonly unused: (signal: AbortSignal) => Promise<UnusedBlobs>
  readonly names: KnownNames
  readonly drafts: DraftReads
  /** removes a content's file unless it is on its way in again */
  readonly removeBlob: (sha256: Sha256) => boolean
  readonly blobPath: (sha256: Sha256) => string
  readonly contentsOf: (shard: string) => Sha256[]
  /** removes the upload of an attempt or build */
  readonly discardUpload: (id: string) => void
  /** ids of which live output is here, and its removal */
  readonly outputIds: () => string[]
  readonly outputSize: (id: string) => number
  readonly discardOutput: (id: string) => void
}

export type Sums = Record<CollectedKind, Sum>

const dayMs = 24 * 3600_000
/** A draft that nobody finished in this time is given up; one may be filled over days. */
const draftMs = 7 * dayMs
/** Uploads and strays younger than this may belong to something that is going on. */
const settledMs = dayMs
const page = 500

/** Rejects with the signal's reason when it fires; what went until then is gone. `now`: wall ms. */
export async function collect(
  deps: CollectDependencies,
  options: { readonly rule: RetentionRule | null; readonly dry: boolean; readonly now: number; readonly signal: AbortSignal },
  doing: (kind: CollectedKind) => void,
): Promise<Sums> {
  const { rule, dry, now, signal } = options
  const sums: Sums = { results: new Sum(), drafts: new Sum(), inputs: new Sum(), uploads: new Sum(), packs: new Sum(), output: new Sum() }
  doing('results')
  if (rule !== null) await applyRetention(deps, rule, now, dry, sums.results, signal)
  doing('drafts')
  await oldDrafts(deps, now - draftMs, dry, sums.drafts)
  doing('inputs')
  await unusedInputs(deps, dry, sums.inputs, signal)
  await strayInputs(deps, now - settledMs, dry, sums.inputs, signal)
  doing('uploads')
  await leftUploads(deps, now - settledMs, dry, sums.uploads, signal)
  leftPieces(deps, now - settledMs, dry, sums.uploads)
  doing('packs')
  leftPacks(deps, dry, sums.packs)
  doing('output')
  leftOutput(deps, dry, sums.output)
  return sums
}

async function oldDrafts(deps: CollectDependencies, before: number, dry: boolean, sum: Sum): Promise<void> {
  sum.count = deps.drafts.olderThan(before)
  if (!dry && sum.count > 0) await deps.store.run('dropOldDrafts', { before })
}

async function unusedInputs(deps: CollectDependencies, dry: boolean, sum: Sum, signal: AbortSignal): Promise<void> {
  const { blobs, above } = await deps.unused(signal)
  for (let at = 0; at < blobs.length; at += page) {
    signal.throwIfAborted()
    const slice = blobs.slice(at, at + page)
    const gone = dry ? null : new Set(await deps.store.run('collectBlobs', { blobs: slice.map(({ sha256 }) => sha256), above }))
    for (const { sha256, size } of slice) {
      // one that is named again since stays, and so does one that came back when its row was gone
      if (gone !== null && (!gone.has(sha256) || deps.names.blob(sha256) || !deps.removeBlob(sha256))) continue
      sum.add(size)
    }
  }
}

/** Files without a row: of a head that died between the two. */
async function strayInputs(deps: CollectDependencies, before: number, dry: boolean, sum: Sum, signal: AbortSignal): Promise<void> {
  const breather = new Breather()
  for (let first = 0; first < 256; first++) {
    signal.throwIfAborted()
    for (const sha256 of deps.contentsOf(first.toString(16).padStart(2, '0'))) {
      if (deps.names.blob(sha256)) continue
      const stats = statSync(deps.blobPath(sha256), { throwIfNoEntry: false })
      if (stats === undefined || stats.ctimeMs >= before || (!dry && !deps.removeBlob(sha256))) continue
      sum.add(stats.size)
    }
    if (breather.due) await breather.breathe()
  }
}

/** Uploads whose attempt or build is unknown or needs them no more. */
async function leftUploads(deps: CollectDependencies, before: number, dry: boolean, sum: Sum, signal: AbortSignal): Promise<void> {
  const ids = new Set(list(deps.folder.incoming).map((name) => name.replace(/(\.manifest\.json|\.part-.*)$/, '')))
  const breather = new Breather()
  for (const id of ids) {
    signal.throwIfAborted()
    const paths = [join(deps.folder.incoming, id), join(deps.folder.incoming, `${id}.manifest.json`)]
    if (isWanted(deps, id) || paths.some((path) => (lstatSync(path, { throwIfNoEntry: false })?.ctimeMs ?? 0) >= before)) continue
    sum.add(paths.reduce((bytes, path) => bytes + bytesBelow(path), 0))
    if (!dry) deps.discardUpload(id)
    if (breather.due) await breather.breathe()
  }
}

/** Pieces of large inputs to which nobody came back. */
function leftPieces(deps: CollectDependencies, before: number, dry: boolean, sum: Sum): void {
  const folder = join(deps.folder.blobs, 'partial')
  for (const name of list(folder)) {
    const path = join(folder, name)
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats === undefined || stats.mtimeMs >= before) continue
    sum.add(stats.size)
    if (!dry) rmSync(path, { force: true })
  }
}

/** What a node began to send before it was lost is asked for once more should the node come back: here alone it does not count. */
function isWanted(deps: CollectDependencies, id: string): boolean {
  const place = placeOf(id, deps.places)
  return isUploadWanted(place) && !(place?.location.kind === 'none' && place.over)
}

function leftPacks(deps: CollectDependencies, dry: boolean, sum: Sum): void {
  const packs = list(deps.folder.packs).flatMap((name) => (/^\d+\.tar$/.test(name) ? [Number.parseInt(name, 10)] : []))
  // The newest may be open: results go into it before their rows say so. Into an older one nothing goes any more.
  const newest = Math.max(0, ...packs)
  for (const pack of packs) {
    if (pack === newest || deps.names.pack(pack)) continue
    const path = join(deps.folder.packs, `${pack}.tar`)
    sum.add(bytesBelow(path))
    if (!dry) rmSync(path, { force: true })
  }
}

function leftOutput(deps: CollectDependencies, dry: boolean, sum: Sum): void {
  for (const id of deps.outputIds()) {
    if ((deps.places.attempt(id) ?? deps.places.build(id))?.location.kind === 'none') continue
    sum.add(deps.outputSize(id))
    if (!dry) deps.discardOutput(id)
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

function bytesBelow(path: string): number {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats?.isDirectory() !== true) return stats?.size ?? 0
  let bytes = 0
  for (const entry of walkFolder(path)) if (entry.kind === 'file') bytes += entry.size
  return bytes
}
