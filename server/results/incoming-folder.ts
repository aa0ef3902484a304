// Paths of a large result on its way in: results/.incoming/<id>/ holds what is verified, beside it the manifest and the
// file being written. Nothing in the folder is ever a link before the result is complete, so no write can follow one.
import { closeSync, constants, existsSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
import { isTemporary, writeAtomic } from '../../shared/files/atomic.ts'
import { safeSegments } from '../../shared/files/safe-path.ts'
import type { Manifest } from '../../shared/model/manifest.ts'

const partMark = '.part-'
let parts = 0

/** Ids of which something is here; files that were being written when the head ended are removed. */
export function openIncoming(base: string): string[] {
  mkdirSync(base, { recursive: true })
  const ids = new Set<string>()
  for (const name of readdirSync(base)) {
    if (name.includes(partMark) || isTemporary(name)) rmSync(join(base, name), { force: true })
    else ids.add(name.replace('.manifest.json', ''))
  }
  return [...ids]
}

export class IncomingFolder {
  readonly #base: string
  /** own name for each writer: a copy may run beside an upload */
  readonly partPath: string

  /** `base` = results/.incoming */
  constructor(base: string, id: string) {
    this.#base = join(base, id)
    this.partPath = `${this.#base}${partMark}${++parts}`
  }

  get path(): string {
    return this.#base
  }

  fileOf(path: string): string {
    return join(this.#base, ...safeSegments(path))
  }

  /** Null when no manifest came yet, or it is damaged (then it counts as not sent). */
  readManifest(): Manifest | null {
    try {
      return JSON.parse(readFileSync(`${this.#base}.manifest.json`, 'utf8')) as Manifest
    } catch (error) {
      if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return null
      throw error
    }
  }

  /** True when this very manifest is the one that is here. */
  hasManifest(manifest: Manifest): boolean {
    const file = `${this.#base}.manifest.json`
    return existsSync(file) && readFileSync(file, 'utf8') === JSON.stringify(manifest)
  }

  /** Another manifest than before makes everything sent so far worthless. */
  replaceManifest(manifest: Manifest): void {
    rmSync(this.#base, { recursive: true, force: true })
    writeAtomic(`${this.#base}.manifest.json`, JSON.stringify(manifest))
  }

  /** Size of a file that is there, null for anything else. */
  sizeOf(path: string): number | null {
    const stats = lstatSync(this.fileOf(path), { throwIfNoEntry: false })
    return stats?.isFile() === true ? stats.size : null
  }

  makeParent(path: string): string {
    const file = this.fileOf(path)
    mkdirSync(dirname(file), { recursive: true })
    return file
  }

  createPart(): number {
    rmSync(this.partPath, { force: true })
    return openSync(this.partPath, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  }

  dropPart(fd: number): void {
    closeSync(fd)
    rmSync(this.partPath, { force: true })
  }

  remove(): void {
    rmSync(this.#base, { recursive: true, force: true })
    rmSync(`${this.#base}.manifest.json`, { force: true })
  }
}
