// The folder that `dist backup` fills: written beside under another name, complete and synced before it gets its own.
// Called by commands/backup.ts. Nothing is written over, and no link is followed: links are made last.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { readTar, type TarEntry } from '../../shared/files/tar-extract.ts'
import { type BackupSeal, backupFile } from '../../shared/model/backup.ts'

const createFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

export interface BackupWatch {
  readonly onProgress: (files: number, bytes: number) => void
}

/** Throws `exists` unless `target` is absent or an empty folder. */
export function assertFree(target: string): void {
  if (!existsSync(target)) return
  let names: string[] = []
  try {
    names = readdirSync(target)
  } catch {
    throw new DistError('exists', `${target} is there already and is no folder`, { hint: 'name a folder that does not exist yet' })
  }
  if (names.length > 0)
    throw new DistError('exists', `${target} is there already and not empty`, { hint: 'name a folder that does not exist yet' })
}

/** Writes the backup that comes as a tar to `target`. On any failure nothing is left of it. */
export async function fillBackupFolder(target: string, source: AsyncIterable<Buffer>, watch: BackupWatch): Promise<BackupSeal> {
  mkdirSync(dirname(target), { recursive: true })
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`)
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { mode: 0o700 })
  try {
    const filling = new Filling(partial, watch)
    await readTar(source, (entry, body) => filling.take(entry, body))
    const seal = filling.finish()
    // Node has no syncfs; without this a power cut right after could leave a backup with holes
    execFileSync('sync', ['-f', partial])
    renameSync(partial, target)
    return seal
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw error
  }
}

class Filling {
  readonly #root: string
  readonly #watch: BackupWatch
  readonly #links: { readonly path: string; readonly target: string }[] = []
  readonly #made = new Set<string>()
  #database = ''
  #seal: string | null = null
  #files = 0
  #bytes = 0

  constructor(root: string, watch: BackupWatch) {
    this.#root = realpathSync(root)
    this.#watch = watch
  }

  async take(entry: TarEntry, body: AsyncIterable<Buffer>): Promise<void> {
    if (this.#seal !== null) throw notWhole('something comes after its end')
    if (entry.kind === 'link') this.#links.push(entry)
    else if (entry.kind === 'folder') this.#folder(entry.path)
    else await this.#file(entry, body)
  }

  /** Makes the links and compares everything with the seal. */
  finish(): BackupSeal {
    if (this.#seal === null) throw notWhole('its end is missing')
    const seal = readSeal(this.#seal)
    if (seal.files !== this.#files || seal.bytes !== this.#bytes) {
      throw notWhole(`${this.#files} files of ${this.#bytes} bytes came, it has ${seal.files} of ${seal.bytes}`)
    }
    if (seal.database.sha256 !== this.#database) throw notWhole('its database has another hash')
    for (const { path, target } of this.#links) {
      const above = dirname(path)
      if (above !== '.') this.#folder(above)
      if (!`${realpathSync(join(this.#root, above))}${sep}`.startsWith(this.#root + sep)) throw notWhole(`${path} leads out of it`)
      symlinkSync(target, join(this.#root, path))
    }
    return seal
  }

  async #file(entry: TarEntry & { readonly kind: 'file' }, body: AsyncIterable<Buffer>): Promise<void> {
    const { path } = entry
    const above = dirname(path)
    if (above !== '.') this.#folder(above)
    const hash = path === 'dist.sqlite' ? createHash('sha256') : null
    const text: Buffer[] = []
    const fd = openSync(join(this.#root, path), createFlags, 0o600)
    try {
      for await (const chunk of body) {
        hash?.update(chunk)
        if (path === backupFile) text.push(chunk)
        for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at)
      }
      fchmodSync(fd, entry.mode)
    } finally {
      closeSync(fd)
    }
    if (hash !== null) this.#database = hash.digest('hex')
    if (path === backupFile) this.#seal = Buffer.concat(text).toString()
    if (!/^(blobs|results)\//.test(path)) return
    this.#files++
    this.#bytes += entry.size
    this.#watch.onProgress(this.#files, this.#bytes)
  }

  #folder(path: string): void {
    if (this.#made.has(path)) return
    mkdirSync(join(this.#root, path), { recursive: true })
    if (!path.includes('/') && path !== 'blobs' && path !== 'results') chmodSync(join(this.#root, path), 0o700)
    this.#made.add(path)
  }
}

function readSeal(text: string): BackupSeal {
  try {
    const seal = JSON.parse(text) as BackupSeal
    if (seal.format === 1) return seal
  } catch (error) {
    throw notWhole(`${backupFile} cannot be read: ${errorMessage(error)}`)
  }
  throw new DistError('version', 'the head makes backups of another form', { hint: 'use the dist of the version that the head has' })
}

function notWhole(what: string): DistError {
  return new DistError('incomplete', `the backup did not come whole: ${what}`, { hint: 'nothing of it was kept: try again' })
}
