// The node's blobs: cache/ab/<sha256>, each verified by hash when it arrived. Nothing here is synced, so a file from
// before the machine's last boot may have lost its content: it is hashed once more before it is used.
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DistError } from '../../shared/base/errors.ts'
import { sha256, sha256File } from '../../shared/files/digest.ts'
import { isSha256 } from '../../shared/model/ids.ts'

export interface Blob {
  readonly sha256: string
  /** bytes */
  readonly size: number
}

export class BlobCache {
  readonly #root: string
  readonly #bootedAt: number
  /** here and whole: saves a stat per file and job */
  readonly #good = new Set<string>()
  /** everything that lies here; read from the disk when it is first asked for */
  #kept: Map<string, { readonly bytes: number; usedAt: number }> | null = null

  /** `bootedAt`: wall ms of the machine's boot. */
  constructor(root: string, bootedAt: number) {
    this.#root = root
    this.#bootedAt = bootedAt
    mkdirSync(join(root, 'part'), { recursive: true })
  }

  /** Where a blob lies once it is here. `bad_path` when the name is no SHA-256. */
  path(hash: string): string {
    if (!isSha256(hash)) throw new DistError('bad_path', `${JSON.stringify(hash.slice(0, 80))} is no SHA-256`)
    return join(this.#root, hash.slice(0, 2), hash)
  }

  /** Of these blobs, those that are not here (whole). */
  async missing(blobs: Iterable<Blob>): Promise<Blob[]> {
    const missing = new Map<string, Blob>()
    for (const blob of blobs) {
      if (missing.has(blob.sha256)) continue
      const good = this.#good.has(blob.sha256)
      if (good) this.#use(blob.sha256, blob.size)
      else if (await this.#whole(blob)) {
        this.#good.add(blob.sha256)
        this.#use(blob.sha256, blob.size)
        // so that the next agent knows too
        const now = new Date()
        utimesSync(this.path(blob.sha256), now, now)
      } else missing.set(blob.sha256, blob)
    }
    return [...missing.values()]
  }

  /** Keeps a content that fits into memory. `hash_mismatch` when it is not what it should be. */
  store(hash: string, data: Buffer): void {
    const found = sha256(data)
    if (found !== hash) throw mismatch(hash, found)
    const part = this.partPath(hash)
    const fd = openSync(part, 'w', 0o644)
    try {
      for (let at = 0; at < data.length; ) at += writeSync(fd, data, at)
    } finally {
      closeSync(fd)
    }
    this.#place(part, hash)
  }

  /** Where a large blob grows while it arrives. */
  partPath(hash: string): string {
    return join(this.#root, 'part', hash)
  }

  /** Takes a part file that is complete; it is hashed, and thrown away when it is wrong. */
  async adopt(hash: string, signal: AbortSignal): Promise<void> {
    const part = this.partPath(hash)
    const { sha256: found } = await sha256File(part, signal)
    if (found !== hash) {
      rmSync(part, { force: true })
      throw mismatch(hash, found)
    }
    this.#place(part, hash)
  }

  #place(part: string, hash: string): void {
    const path = this.path(hash)
    mkdirSync(dirname(path), { recursive: true })
    renameSync(part, path)
    this.#good.add(hash)
    this.#use(hash, statSync(path).size)
  }

  async #whole(blob: Blob): Promise<boolean> {
    const path = this.path(blob.sha256)
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined || stats.size !== blob.size) return false
    if (stats.ctimeMs > this.#bootedAt) return true
    return (await sha256File(path)).sha256 === blob.sha256
  }

  /** What lies here: bytes and wall ms of the last use. */
  kept(): ReadonlyMap<string, { readonly bytes: number; readonly usedAt: number }> {
    if (this.#kept !== null) return this.#kept
    const kept = new Map<string, { readonly bytes: number; usedAt: number }>()
    this.#kept = kept
    for (const folder of readdirSync(this.#root).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
      for (const name of readdirSync(join(this.#root, folder)).filter(isSha256)) {
        const stats = statSync(join(this.#root, folder, name), { throwIfNoEntry: false })
        if (stats !== undefined) kept.set(name, { bytes: stats.size, usedAt: stats.mtimeMs })
      }
    }
    return kept
  }

  /** Nobody needs it now. */
  remove(hash: string): void {
    this.#good.delete(hash)
    this.#kept?.delete(hash)
    rmSync(this.path(hash), { force: true })
  }

  #use(hash: string, bytes: number): void {
    if (this.#kept === null) return
    const known = this.#kept.get(hash)
    if (known === undefined) this.#kept.set(hash, { bytes, usedAt: Date.now() })
    else known.usedAt = Date.now()
  }
}

function mismatch(hash: string, found: string): DistError {
  return new DistError('hash_mismatch', `a blob arrived damaged: ${hash} expected, ${found} found`, { hint: 'it is fetched again' })
}
