// The folder that `dist pull` writes to. Below it no link is followed, and nothing is there before it is whole:
// files are written beside, in `<batch>/.pull`, checked by hash and renamed.
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DistError, errorMessage, systemCode } from '../../shared/base/errors.ts'
import { sha256FileSync } from '../../shared/files/digest.ts'
import { safeSegments } from '../../shared/files/safe-path.ts'
import type { Wanted } from './checked-manifest.ts'

type WantedFile = Extract<Wanted, { kind: 'file' }>
type Present = 'same' | 'different' | 'absent'

/** Job names never begin with '.', so it is in nobody's way. */
const workName = '.pull'

export class SaveFolder {
  /** the batch's folder; exists once `prepare` was called */
  readonly root: string
  readonly #known = new Set<string>()
  readonly #base: string
  #counter = 0

  /** `base` is the person's own folder, absolute, and may be a link; `batch` is checked already. */
  constructor(base: string, batch: string) {
    this.#base = existsSync(base) ? realpathSync(base) : base
    this.root = join(this.#base, batch)
  }

  /** Makes the folders to write in. Throws when that is not allowed. */
  prepare(): void {
    guarded(this.#base, () => mkdirSync(this.#base, { recursive: true }))
    this.#folder(this.root, this.root)
    this.#folder(join(this.root, workName), join(this.root, workName))
  }

  /** Whether the file is there already; equal sizes are told apart by hash. Writes nothing. */
  compare(file: WantedFile): Present {
    const path = this.#path(file.path)
    if (!this.#isBelowRealFolders(file.path)) return 'absent'
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return 'absent'
    if (!stat.isFile() || stat.size !== file.size) return 'different'
    try {
      return sha256FileSync(path).sha256 === file.sha256 ? 'same' : 'different'
    } catch {
      return 'different'
    }
  }

  /** Makes a folder and those above it, each a real one. True when it was not there. */
  makeFolder(path: string): boolean {
    return this.#makeFolders(safeSegments(path))
  }

  #makeFolders(segments: readonly string[]): boolean {
    let made = false
    segments.forEach((_, i) => {
      const part = segments.slice(0, i + 1).join('/')
      if (this.#known.has(part)) return
      made = this.#folder(join(this.root, part), part) || made
      this.#known.add(part)
    })
    return made
  }

  /** Makes the link, in the place of a file or another link. True when it was not there like that. */
  makeLink(path: string, target: string): boolean {
    this.#makeFolders(safeSegments(path).slice(0, -1))
    const place = this.#path(path)
    if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(place) === target) return false
    const temporary = this.temporary()
    guarded(path, () => symlinkSync(target, temporary))
    this.#move(temporary, path)
    return true
  }

  /** Writes a small file whose bytes were checked. */
  writeFile(file: WantedFile, data: Buffer): void {
    const temporary = this.temporary()
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    guarded(file.path, () => {
      const fd = openSync(temporary, flags, 0o600)
      try {
        for (let at = 0; at < data.length; ) at += writeSync(fd, data, at)
      } finally {
        closeSync(fd)
      }
    })
    this.place(file, temporary)
  }

  /** Where a large file grows; the same after an interruption. */
  partPath(file: WantedFile): string {
    return join(this.root, workName, `${file.sha256}.part`)
  }

  /** Moves a finished file to its place. */
  place(file: Pick<WantedFile, 'path' | 'mode'>, from: string): void {
    this.#makeFolders(safeSegments(file.path).slice(0, -1))
    guarded(file.path, () => chmodSync(from, permissions(file.mode)))
    this.#move(from, file.path)
  }

  /** Takes the work folder away; parts of interrupted transfers keep it. */
  close(): void {
    try {
      rmdirSync(join(this.root, workName))
    } catch {
      // not empty, or never made
    }
  }

  #move(from: string, path: string): void {
    try {
      renameSync(from, this.#path(path))
    } catch (error) {
      rmSync(from, { force: true })
      if (systemCode(error) === 'EISDIR' || systemCode(error) === 'ENOTEMPTY') throw inTheWay(path, 'a folder')
      throw failed(path, error)
    }
  }

  #path(path: string): string {
    return join(this.root, ...safeSegments(path))
  }

  /** A name in the work folder that nothing has. */
  temporary(): string {
    this.#counter++
    return join(this.root, workName, `${process.pid}-${this.#counter}.tmp`)
  }

  /** True when it was not there. `shown` is for messages. */
  #folder(path: string, shown: string): boolean {
    try {
      mkdirSync(path, 0o755)
      return true
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw failed(shown, error)
    }
    const stat = lstatSync(path)
    if (stat.isDirectory()) return false
    throw inTheWay(shown, stat.isSymbolicLink() ? 'a symbolic link, which is not followed,' : 'a file')
  }

  #isBelowRealFolders(path: string): boolean {
    const segments = safeSegments(path)
    for (let i = 0; i < segments.length; i++) {
      const part = segments.slice(0, i).join('/')
      if (this.#known.has(part)) continue
      if (lstatSync(join(this.root, part), { throwIfNoEntry: false })?.isDirectory() !== true) return false
    }
    return true
  }
}

/** Results must stay readable and writable for their owner, and never become setuid. */
function permissions(mode: number): number {
  return (mode & 0o777) | 0o600
}

function guarded(shown: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    throw failed(shown, error)
  }
}

function failed(shown: string, error: unknown): DistError {
  const isFull = systemCode(error) === 'ENOSPC' || systemCode(error) === 'EDQUOT'
  const hint = isFull ? 'make room, then pull again: what is there is not fetched twice' : 'choose another folder with --save-dir'
  return new DistError(isFull ? 'disk_full' : 'data_folder', `cannot write ${shown}: ${errorMessage(error)}`, { hint, cause: error })
}

function inTheWay(shown: string, what: string): DistError {
  const hint = 'move it away, or choose another folder with --save-dir'
  return new DistError('exists', `cannot write ${shown}: ${what} is in its place`, { hint })
}
