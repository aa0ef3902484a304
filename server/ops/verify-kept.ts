// Hashes every content and every file of every result, wherever it lies, and compares with what the rows say. Sync, for a
// thread of its own. What moves meanwhile (placement, `dist retry`, gc) is looked at again before it is called wrong.
import { closeSync, lstatSync, openSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DistError, errorMessage, systemCode } from '../../shared/base/errors.ts'
import type { Sha256 } from '../../shared/model/ids.ts'
import type { FileEntry, ManifestEntry } from '../../shared/model/manifest.ts'
import type { Finding, FindingKind } from '../../shared/model/verify.ts'
import type { KeptReads, ResultKind } from '../ports/kept-reads.ts'
import type { KnownNames } from '../ports/known-names.ts'
import type { OpenResult, ResultPlace, ResultPlaces } from '../ports/result-places.ts'
import type { DataPaths } from './data-paths.ts'
import { hashOpen } from './hash-open.ts'

export interface VerifyDependencies {
  readonly folder: DataPaths
  readonly kept: KeptReads
  readonly names: KnownNames
  readonly places: ResultPlaces
  readonly openFile: (locate: () => ResultPlace | undefined, entry: FileEntry) => OpenResult
  readonly found: (finding: Finding) => void
  /** a file was looked at */
  readonly file: () => void
  /** bytes were hashed; pauses */
  readonly hashed: (bytes: number) => void
  readonly pause: (ms: number) => void
  readonly tries: { stayedWrong: number }
}

const page = 200
/** A look that finds something wrong is repeated after so many ms: the file may have been on its way. */
const again = [20, 200, 1000]
/** After so many that stayed wrong a disk is missing, and looks are repeated once. */
const patience = 30

interface Wrong {
  readonly kind: FindingKind
  readonly detail: string
}

export function verifyBlobs(deps: VerifyDependencies): void {
  const { folder, kept, names } = deps
  let after = ''
  for (let rows = kept.blobs(after, page); rows.length > 0; rows = kept.blobs(after, page)) {
    for (const { sha256, size } of rows) {
      after = sha256
      const path = join(sha256.slice(0, 2), sha256)
      const wrong = lookAt(deps, () => wrongFile(deps, join(folder.blobs, path), size, sha256))
      // gc may have removed it since the page was read
      if (wrong !== null && names.blob(sha256)) deps.found({ ...wrong, path: `blobs/${path}` })
    }
  }
}

export function verifyResults(deps: VerifyDependencies, kind: ResultKind): void {
  const { kept, places } = deps
  let after = ''
  for (let ids = kept.results(kind, after, page); ids.length > 0; ids = kept.results(kind, after, page)) {
    for (const id of ids) {
      after = id
      for (const entry of kind === 'attempt' ? places.attemptManifest(id) : places.buildManifest(id)) {
        const wrong = lookAt(deps, () => wrongEntry(deps, kind, id, entry))
        const place = places[kind](id)
        if (wrong === null || place === undefined || place.location.kind === 'none' || place.location.kind === 'removed') continue
        deps.found({ ...wrong, path: `results/${place.outside.get(entry.path) ?? `${place.folder}/${entry.path}`}` })
      }
    }
  }
}

function lookAt(deps: VerifyDependencies, look: () => Wrong | null): Wrong | null {
  deps.file()
  let wrong = look()
  for (const ms of again.slice(0, deps.tries.stayedWrong < patience ? again.length : 1)) {
    if (wrong === null) return null
    deps.pause(ms)
    wrong = look()
  }
  if (wrong !== null) deps.tries.stayedWrong++
  return wrong
}

function wrongFile(deps: VerifyDependencies, path: string, size: number, sha256: Sha256): Wrong | null {
  const found = statSync(path, { throwIfNoEntry: false })?.size
  if (found === undefined) return { kind: 'missing', detail: `it should have ${size} bytes` }
  if (found !== size) return { kind: 'changed', detail: `it has ${found} bytes instead of ${size}` }
  try {
    return wrongHash(deps, { fd: openSync(path, 'r'), start: 0, size }, sha256)
  } catch (error) {
    return { kind: 'unreadable', detail: errorMessage(error) }
  }
}

function wrongEntry(deps: VerifyDependencies, kind: ResultKind, id: string, entry: ManifestEntry): Wrong | null {
  const locate = (): ResultPlace | undefined => deps.places[kind](id)
  if (entry.kind !== 'file') return wrongPlain(deps, locate(), entry)
  try {
    return wrongHash(deps, deps.openFile(locate, entry), entry.sha256)
  } catch (error) {
    if (!(error instanceof DistError)) return { kind: 'unreadable', detail: errorMessage(error) }
    return error.code === 'not_found'
      ? { kind: 'missing', detail: `it should have ${entry.size} bytes` }
      : { kind: 'changed', detail: error.message }
  }
}

/** Links and folders exist only where results are in their place. */
function wrongPlain(
  deps: VerifyDependencies,
  place: ResultPlace | undefined,
  entry: ManifestEntry & { kind: 'folder' | 'link' },
): Wrong | null {
  if (place === undefined || place.location.kind !== 'folder') return null
  const path = join(deps.folder.results, place.folder, entry.path)
  try {
    if (entry.kind === 'folder') return lstatSync(path).isDirectory() ? null : { kind: 'changed', detail: 'it should be a folder' }
    return readlinkSync(path) === entry.target ? null : { kind: 'changed', detail: `it should be a link to ${entry.target}` }
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing', detail: `it should be a ${entry.kind}` }
    return { kind: 'changed', detail: `it should be a ${entry.kind}` }
  }
}

function wrongHash(deps: VerifyDependencies, open: OpenResult, sha256: Sha256): Wrong | null {
  try {
    const found = hashOpen(open, deps.hashed)
    return found === sha256 ? null : { kind: 'changed', detail: `its SHA-256 is ${found} instead of ${sha256}` }
  } catch (error) {
    return { kind: 'unreadable', detail: errorMessage(error) }
  } finally {
    closeSync(open.fd)
  }
}
