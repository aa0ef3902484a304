// Writes files into a bundle that is being made; it gets its name when it is whole. Used by write-bundle.ts.
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, posix, resolve } from 'node:path'
import { DistError } from '../../shared/base/errors.ts'
import { safeSegments } from '../../shared/files/safe-path.ts'

export class BundleWriter {
  readonly #target: string
  readonly #folder: string

  /** Throws `exists` where something is already. */
  constructor(cwd: string, shown: string) {
    this.#target = resolve(cwd, shown)
    if (existsSync(this.#target) && !isEmptyFolder(this.#target)) {
      throw new DistError('exists', `${shown} is there already and not empty`, { hint: 'name a new folder, or remove that one first' })
    }
    mkdirSync(dirname(this.#target), { recursive: true })
    this.#folder = mkdtempSync(join(dirname(this.#target), `.${basename(this.#target)}-`))
    chmodSync(this.#folder, 0o755)
  }

  text(path: string, text: string | Buffer, mode = 0o644): void {
    const place = this.#place(path)
    writeFileSync(place, text, { mode })
  }

  copy(source: string, path: string, mode: number): void {
    const place = this.#place(path)
    copyFileSync(source, place, constants.COPYFILE_FICLONE)
    chmodSync(place, mode)
  }

  folder(path: string): void {
    mkdirSync(join(this.#folder, path), { recursive: true })
  }

  /** A link at `path` to the bundle's `target`, relative, so that the bundle may be moved. */
  link(path: string, target: string): void {
    symlinkSync(posix.relative(posix.dirname(path), target), this.#place(path))
  }

  finish(): void {
    if (existsSync(this.#target)) rmSync(this.#target, { recursive: true })
    renameSync(this.#folder, this.#target)
  }

  abandon(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #place(path: string): string {
    const place = join(this.#folder, ...safeSegments(path))
    mkdirSync(dirname(place), { recursive: true })
    return place
  }
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0
  } catch {
    return false
  }
}
