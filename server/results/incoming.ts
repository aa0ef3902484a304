// Large results on their way in, for attempts and builds alike:
//
//   putManifest -> putFiles (again and again, until nothing is missing) -> complete -> the row is committed -> placement
//
// Every step may be repeated, and a head that was killed goes on where the files on disk say. Called by the routes of
// attempts; `complete` and `discard` by whoever commits.
import { mkdirSync } from 'node:fs'
import { Breather } from '../../shared/base/breather.ts'
import { DistError } from '../../shared/base/errors.ts'
import { readTar, type TarEntry } from '../../shared/files/tar-extract.ts'
import type { Sha256 } from '../../shared/model/ids.ts'
import type { FileEntry, Manifest } from '../../shared/model/manifest.ts'
import { copied, isHere, makeLink, writeVerified } from './incoming-file.ts'
import { IncomingFolder, openIncoming } from './incoming-folder.ts'
import { checkManifest } from './manifest-check.ts'

export interface IncomingOptions {
  /** the data folder's results/.incoming */
  readonly folder: string
  /** where an input of the attempt's jobset lies; null when the content is none of its inputs */
  readonly inputOf: (id: string, sha256: Sha256) => string | null
  /** brings everything written so far to the disk */
  readonly sync: (folder: string) => Promise<void>
}

export class Incoming {
  readonly #options: IncomingOptions
  /** paths whose bytes were hashed by this process; what an earlier one left is hashed once more */
  readonly #verified = new Map<string, Set<string>>()
  /** about to be committed: nothing may take their files away */
  readonly #completed = new Set<string>()
  /** ids of which something lay here at start; some may belong to nobody any more */
  readonly #left: Set<string>

  constructor(options: IncomingOptions) {
    this.#options = options
    this.#left = new Set(openIncoming(options.folder))
  }

  /** Takes what an attempt produced; answers the paths whose bytes are to be sent. One path for each content. */
  async putManifest(id: string, manifest: Manifest): Promise<string[]> {
    checkManifest(manifest)
    const folder = new IncomingFolder(this.#options.folder, id)
    if (!folder.hasManifest(manifest)) {
      if (this.#completed.has(id)) throw new DistError('superseded', `the result ${id} is complete, another manifest comes too late`)
      this.#verified.delete(id)
      folder.replaceManifest(manifest)
    }
    return this.#missing(id, folder, manifest)
  }

  /** Takes files of the manifest; answers what is missing still. What arrived whole counts, also when the stream breaks. */
  async putFiles(id: string, source: AsyncIterable<Uint8Array>): Promise<string[]> {
    const folder = new IncomingFolder(this.#options.folder, id)
    const manifest = this.#manifestOf(id, folder)
    const files = new Map(manifest.flatMap((entry) => (entry.kind === 'file' ? [[entry.path, entry] as const] : [])))
    const verified = this.#verifiedOf(id)
    const take = async (entry: TarEntry, body: AsyncIterable<Buffer>): Promise<void> => {
      const wanted = expected(entry, files)
      if (verified.has(wanted.path) && folder.sizeOf(wanted.path) === wanted.size) return
      await writeVerified(folder, wanted, body)
      verified.add(wanted.path)
    }
    await readTar(source, take, { maxEntries: files.size })
    return this.#missing(id, folder, manifest)
  }

  /** Checks that all is here, makes folders and links, and syncs. `incomplete` when files are missing. Idempotent. */
  async complete(id: string): Promise<Manifest> {
    this.#completed.add(id)
    const folder = new IncomingFolder(this.#options.folder, id)
    const manifest = this.#manifestOf(id, folder)
    const missing = await this.#missing(id, folder, manifest)
    if (missing.length > 0) {
      throw new DistError('incomplete', `${missing.length} files of the result ${id} are missing, ${JSON.stringify(missing[0])} first`, {
        hint: 'send the manifest again: the answer names them',
      })
    }
    mkdirSync(folder.path, { recursive: true })
    for (const entry of manifest) if (entry.kind === 'folder') mkdirSync(folder.fileOf(entry.path), { recursive: true })
    for (const entry of manifest) if (entry.kind === 'link') makeLink(folder.makeParent(entry.path), entry.target)
    await this.#options.sync(this.#options.folder)
    return manifest
  }

  leftFromBefore(): readonly string[] {
    return [...this.#left]
  }

  /** Something of it may lie here. Asked for every result, most of which never come this way. */
  holds(id: string): boolean {
    return this.#verified.has(id) || this.#completed.has(id) || this.#left.has(id)
  }

  /** The result is superseded or unknown: nothing of it is kept. */
  discard(id: string): void {
    this.forget(id)
    new IncomingFolder(this.#options.folder, id).remove()
  }

  /** The result is committed: its files belong to the placement now. */
  forget(id: string): void {
    this.#verified.delete(id)
    this.#completed.delete(id)
    this.#left.delete(id)
  }

  #manifestOf(id: string, folder: IncomingFolder): Manifest {
    const manifest = folder.readManifest()
    if (manifest === null) throw new DistError('incomplete', `no manifest of ${id} is here`, { hint: 'send the manifest first' })
    return manifest
  }

  #verifiedOf(id: string): Set<string> {
    const known = this.#verified.get(id) ?? new Set<string>()
    this.#verified.set(id, known)
    return known
  }

  /** Looks at every file; copies what is here under another name or as an input; answers the first path of each other content. */
  async #missing(id: string, folder: IncomingFolder, manifest: Manifest): Promise<string[]> {
    const files = manifest.filter((entry) => entry.kind === 'file')
    const verified = this.#verifiedOf(id)
    const here = new Map<Sha256, string>()
    const breather = new Breather()
    for (const entry of files) {
      if (await isHere(folder, entry, verified)) here.set(entry.sha256, folder.fileOf(entry.path))
      if (breather.due) await breather.breathe()
    }
    const missing = new Map<Sha256, string>()
    for (const entry of files) {
      if (verified.has(entry.path)) continue
      const source = here.get(entry.sha256) ?? this.#options.inputOf(id, entry.sha256)
      if (source !== null && (await copied(source, folder, entry))) verified.add(entry.path)
      else if (!missing.has(entry.sha256)) missing.set(entry.sha256, entry.path)
      if (breather.due) await breather.breathe()
    }
    return [...missing.values()]
  }
}

function expected(entry: TarEntry, files: ReadonlyMap<string, FileEntry>): FileEntry {
  const wanted = entry.kind === 'file' ? files.get(entry.path) : undefined
  if (wanted === undefined) throw new DistError('bad_archive', `${JSON.stringify(entry.path)} is no file of the manifest`)
  if (entry.kind !== 'file' || entry.size !== wanted.size) {
    throw new DistError(
      'hash_mismatch',
      `${JSON.stringify(entry.path)} does not have the size that the manifest says (${wanted.size} bytes)`,
    )
  }
  return wanted
}
