// `dist backup`: the data folder as a tar, while the head works. The database is copied in one transaction; of every result
// that it knows the files follow, read from wherever they are at that moment, written where they end. So placement goes on,
// and packs come and go meanwhile; only gc and retention wait. The seal is last: without it a backup is not whole.
import { closeSync, readSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Breather } from '../../shared/base/breather.ts'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import type { TarSource } from '../../shared/files/tar-pack.ts'
import { type BackupSeal, backupFile } from '../../shared/model/backup.ts'
import type { Sha256 } from '../../shared/model/ids.ts'
import type { FileEntry, ManifestEntry } from '../../shared/model/manifest.ts'
import type { DiskSpace } from '../ports/disk-space.ts'
import type { KeptReads, ResultKind } from '../ports/kept-reads.ts'
import type { OpenResult, ResultPlace, ResultPlaces } from '../ports/result-places.ts'
import type { DataPaths } from './data-paths.ts'
import type { Gate } from './gate.ts'
import { otherFiles } from './other-files.ts'

/** A database copy that is open for reading. */
export interface OpenCopy {
  readonly kept: KeptReads
  readonly places: ResultPlaces
  close(): void
}

export interface BackupDependencies {
  readonly folder: DataPaths
  readonly head: { readonly id: string; readonly version: string }
  readonly gate: Gate
  readonly space: DiskSpace
  readonly now: () => number
  readonly newId: () => string
  /** copies the database to a file */
  readonly copy: (target: string, signal: AbortSignal) => Promise<{ readonly size: number; readonly sha256: Sha256 }>
  readonly openCopy: (file: string) => OpenCopy
  /** of the running head */
  readonly places: ResultPlaces
  readonly openFile: (locate: () => ResultPlace | undefined, entry: FileEntry) => OpenResult
  readonly blobPath: (sha256: Sha256) => string
}

const page = 200
/** Up to here a file is read at once; above, the tar streams it. */
const wholeBytes = 1 << 20
/** A result that `dist retry` moves aside is missing for a moment. */
const moving = { tries: 20, ms: 100 } as const
const lackingShown = 100

/** The tar's entries. `unavailable` at the first one while gc or another backup is going on. */
export async function* backupEntries(deps: BackupDependencies, signal: AbortSignal): AsyncGenerator<TarSource> {
  const release = deps.gate.enter('a backup')
  const file = join(deps.folder.root, '.backup.sqlite')
  try {
    deps.space.assertFor(statSync(deps.folder.database).size)
    const takenAt = deps.now()
    const database = await deps.copy(file, signal)
    yield { kind: 'file', path: 'dist.sqlite', size: database.size, mode: 0o600, file }
    yield* otherFiles(deps.folder.root)
    const copy = deps.openCopy(file)
    try {
      const seal = new Tally()
      yield { kind: 'folder', path: 'blobs' }
      yield { kind: 'folder', path: 'results' }
      yield* blobs(deps, copy.kept, seal)
      for (const kind of ['attempt', 'build'] as const) yield* results(deps, copy, kind, seal)
      const { id, version } = deps.head
      const sealed: BackupSeal = { format: 1, id: deps.newId(), head: id, version, takenAt, database, ...seal.facts() }
      const data = Buffer.from(`${JSON.stringify(sealed)}\n`)
      yield { kind: 'file', path: backupFile, size: data.length, mode: 0o600, data }
    } finally {
      copy.close()
    }
  } finally {
    rmSync(file, { force: true })
    release()
  }
}

async function* blobs(deps: BackupDependencies, kept: KeptReads, tally: Tally): AsyncGenerator<TarSource> {
  let after = ''
  for (let rows = kept.blobs(after, page); rows.length > 0; rows = kept.blobs(after, page)) {
    for (const { sha256, size } of rows) {
      after = sha256
      const path = `blobs/${sha256.slice(0, 2)}/${sha256}`
      const file = deps.blobPath(sha256)
      const found = statSync(file, { throwIfNoEntry: false })?.size
      if (found !== size) tally.lacks(path, found === undefined ? 'missing' : `${found} bytes instead of ${size}`)
      else yield tally.counted({ kind: 'file', path, size, mode: 0o644, file })
    }
  }
}

async function* results(deps: BackupDependencies, copy: OpenCopy, kind: ResultKind, tally: Tally): AsyncGenerator<TarSource> {
  const breather = new Breather()
  let after = ''
  for (let ids = copy.kept.results(kind, after, page); ids.length > 0; ids = copy.kept.results(kind, after, page)) {
    for (const id of ids) {
      after = id
      const place = copy.places[kind](id)
      if (place === undefined || place.location.kind === 'removed') continue
      const manifest = kind === 'attempt' ? copy.places.attemptManifest(id) : copy.places.buildManifest(id)
      if (kind === 'attempt') yield { kind: 'folder', path: `results/${place.folder}` }
      for (const entry of manifest) {
        yield* entrySource(deps, kind, place, entry, tally)
        if (breather.due) await breather.breathe()
      }
    }
  }
}

async function* entrySource(
  deps: BackupDependencies,
  kind: ResultKind,
  place: ResultPlace,
  entry: ManifestEntry,
  tally: Tally,
): AsyncGenerator<TarSource> {
  const path = `results/${place.outside.get(entry.path) ?? `${place.folder}/${entry.path}`}`
  if (entry.kind === 'folder') yield { kind: 'folder', path }
  else if (entry.kind === 'link') yield { kind: 'link', path, target: entry.target }
  else {
    const open = await opened(deps, kind, place.id, entry)
    if (typeof open === 'string') {
      tally.lacks(path, open)
      return
    }
    try {
      const { size } = open
      const file = { kind: 'file', path, size, mode: entry.mode } as const
      if (open.start > 0 || size <= wholeBytes) yield tally.counted({ ...file, data: readWhole(open) })
      else yield tally.counted({ ...file, file: `/proc/self/fd/${open.fd}` })
    } finally {
      closeSync(open.fd)
    }
  }
}

/** The open file, or what is wrong with it. */
async function opened(deps: BackupDependencies, kind: ResultKind, id: string, entry: FileEntry): Promise<OpenResult | string> {
  for (let n = 1; ; n++) {
    try {
      return deps.openFile(() => deps.places[kind](id), entry)
    } catch (error) {
      if (!(error instanceof DistError)) throw error
      if (error.code !== 'not_found' || n === moving.tries) return errorMessage(error)
      await pause(moving.ms)
    }
  }
}

function readWhole({ fd, start, size }: OpenResult): Buffer {
  const data = Buffer.alloc(size)
  for (let at = 0; at < size; ) {
    const got = readSync(fd, data, at, size - at, start + at)
    // whoever cut it meanwhile gets zeros, which `dist verify` reports
    if (got === 0) break
    at += got
  }
  return data
}

/** What the seal says of the copied files. */
class Tally {
  #files = 0
  #bytes = 0
  #lacking = 0
  readonly #shown: { path: string; problem: string }[] = []

  counted<S extends TarSource & { readonly kind: 'file' }>(source: S): S {
    this.#files++
    this.#bytes += source.size
    return source
  }

  lacks(path: string, problem: string): void {
    if (++this.#lacking <= lackingShown) this.#shown.push({ path, problem })
  }

  facts(): Pick<BackupSeal, 'files' | 'bytes' | 'lacking' | 'lackingCount'> {
    return { files: this.#files, bytes: this.#bytes, lacking: this.#shown, lackingCount: this.#lacking }
  }
}
