// The folder that `dist pull` brings results to. Below it no link is followed, and a file appears in it only by a rename,
// when it is whole, checked and on the disk (work-folder.ts).
import { existsSync, lstatSync, mkdirSync, readlinkSync, realpathSync, renameSync, type Stats, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { DistError, errorMessage, isDiskFull, systemCode } from '../../shared/base/errors.ts'
import { sha256File, sha256FileSync } from '../../shared/files/digest.ts'
import { safeSegments } from '../../shared/files/safe-path.ts'
import type { WantedFile } from './checked-manifest.ts'

export type Present = 'same' | 'different' | 'absent'

/** Hashing more than this at once would hold up transfers and Ctrl-C. */
const syncLimit = 4 << 20

export class SaveFolder {
  /** the batch's folder; exists once `prepare` was called */
  readonly root: string
  /** folders that were seen to be real ones, or made; false: seen not to be there */
  readonly #known = new Map<string, boolean>()
  readonly #base: string

  /** `base` is the person's own folder, absolute, and may be a link; `batch` is checked already. */
  constructor(base: string, batch: string) {
    this.#base = existsSync(base) ? realpathSync(base) : base
    this.root = join(this.#base, batch)
  }

  /** Makes the batch's folder. Throws when that is not allowed. */
  prepare(): void {
    guarded(this.#base, () => mkdirSync(this.#base, { recursive: true }))
    makeRealFolder(this.root, this.root)
    this.#known.set('', true)
  }

  /**
   * Whether the file is there already; equal sizes are told apart by hash. Writes nothing. Throws `exists` when something
   * is in its place that must not be replaced.
   */
  async compare(file: WantedFile, signal: AbortSignal): Promise<Present> {
    const stat = this.#look(file.path)
    if (stat === undefined) return 'absent'
    if (stat.isDirectory()) throw inTheWay(file.path, 'a folder')
    if (!stat.isFile() || stat.size !== file.size) return 'different'
    const path = join(this.root, file.path)
    try {
      const found = file.size <= syncLimit ? sha256FileSync(path) : await sha256File(path, signal)
      return found.sha256 === file.sha256 ? 'same' : 'different'
    } catch {
      signal.throwIfAborted()
      return 'different'
    }
  }

  /** Whether the link is there like that. */
  hasLink(path: string, target: string): boolean {
    return this.#look(path)?.isSymbolicLink() === true && readlinkSync(join(this.root, path)) === target
  }

  hasFolder(path: string): boolean {
    return this.#known.get(path) ?? this.#look(path)?.isDirectory() === true
  }

  /** Whether anything is there. */
  hasAny(path: string): boolean {
    return this.#look(path) !== undefined
  }

  /** Where a file grows: its place, in a folder that is made if need be. */
  pathFor(path: string): string {
    this.#makeParents(path)
    return `${this.root}/${path}`
  }

  /** Makes a folder and those above it, each a real one. */
  makeFolder(path: string): void {
    if (this.#known.get(path) === true) return
    const segments = safeSegments(path)
    segments.forEach((_, i) => {
      const part = segments.slice(0, i + 1).join('/')
      if (this.#known.get(part) === true) return
      makeRealFolder(`${this.root}/${part}`, part)
      this.#known.set(part, true)
    })
  }

  #makeParents(path: string): void {
    safeSegments(path)
    const parent = parentOf(path)
    if (this.#known.get(parent) !== true) this.makeFolder(parent)
  }

  /** Makes the link, in the place of a file or another link; by way of `temporary`, which nothing has. */
  makeLink(path: string, target: string, temporary: string): void {
    guarded(path, () => symlinkSync(target, temporary))
    this.place(path, temporary)
  }

  /** Moves what is finished to its place, a file over a file or a link, a folder to where nothing is. */
  place(path: string, from: string): void {
    try {
      renameSync(from, this.pathFor(path))
    } catch (error) {
      throw this.#inTheWay(path, error)
    }
  }

  /** Forgets what was seen of these folders: they came or went as a whole. */
  forget(paths: ReadonlySet<string>): void {
    if (paths.size === 0) return
    for (const known of this.#known.keys()) {
      for (let part = known; part !== ''; part = parentOf(part)) {
        if (!paths.has(part)) continue
        this.#known.delete(known)
        break
      }
    }
  }

  #inTheWay(path: string, error: unknown): DistError {
    if (error instanceof DistError) return error
    const isTaken = ['EISDIR', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemCode(error) ?? '')
    if (!isTaken) return failed(path, error)
    return inTheWay(path, this.#look(path)?.isDirectory() === true ? 'a folder' : 'something else')
  }

  /** What is at a path, unless a link or a file is in the place of a folder above it. */
  #look(path: string): Stats | undefined {
    safeSegments(path)
    for (let part = parentOf(path); ; part = parentOf(part)) {
      const isThere = this.#known.get(part)
      if (isThere === false) return undefined
      // known folders have known folders above them
      if (isThere === true) break
      if (lstatSync(`${this.root}/${part}`, { throwIfNoEntry: false })?.isDirectory() !== true) {
        this.#known.set(part, false)
        return undefined
      }
      if (part === '') break
    }
    return lstatSync(`${this.root}/${path}`, { throwIfNoEntry: false })
  }
}

/** Empty for the batch's folder. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Makes one folder; false when it was there. `shown` is for messages. */
export function makeRealFolder(path: string, shown: string): boolean {
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

/** Runs a step that writes; what the system says becomes a DistError about `shown`. */
export function guarded<T>(shown: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw failed(shown, error)
  }
}

export function failed(shown: string, error: unknown): DistError {
  const isFull = isDiskFull(error)
  const hint = isFull ? 'make room, then pull again: what is there is not fetched twice' : 'choose another folder with --save-dir'
  return new DistError(isFull ? 'disk_full' : 'data_folder', `cannot write ${shown}: ${errorMessage(error)}`, { hint, cause: error })
}

function inTheWay(shown: string, what: string): DistError {
  const hint = 'move it away, or choose another folder with --save-dir'
  return new DistError('exists', `cannot write ${shown}: ${what} is in its place`, { hint })
}
