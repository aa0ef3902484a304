// Contents on disk by their SHA-256: blobs/ab/<sha256>. The row is the truth: a file without a row counts as missing and
// is written over. Used by the draft routes (in), by node routes and result uploads (out).
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DistError } from '../../shared/base/errors.ts'
import { isSha256, type Sha256 } from '../../shared/model/ids.ts'

export class BlobStore {
  readonly #folder: string
  readonly #shards = new Set<string>()
  /** in their place, but their rows are not written yet: gc must not take them for strays */
  readonly #unrecorded = new Set<Sha256>()

  /** `folder` = the data folder's blobs/; what was half written when the head ended is removed. */
  constructor(folder: string) {
    this.#folder = folder
    rmSync(this.#temporary, { recursive: true, force: true })
    mkdirSync(this.#temporary, { recursive: true })
    mkdirSync(this.#partial, { recursive: true })
  }

  get #temporary(): string {
    return join(this.#folder, 'tmp')
  }

  get #partial(): string {
    return join(this.#folder, 'partial')
  }

  get folder(): string {
    return this.#folder
  }

  pathOf(sha256: Sha256): string {
    return join(this.#folder, sha256.slice(0, 2), sha256)
  }

  shardOf(sha256: Sha256): string {
    return join(this.#folder, sha256.slice(0, 2))
  }

  temporaryPath(name: string): string {
    return join(this.#temporary, name)
  }

  /** A large upload in pieces; one per owner, so that nobody can spoil another's and a second try goes on with the first. */
  partialPath(owner: string, sha256: Sha256): string {
    return join(this.#partial, `${mark(owner)}-${sha256}`)
  }

  /** Bytes of an upload that are here already. */
  partialSize(owner: string, sha256: Sha256): number {
    return statSync(this.partialPath(owner, sha256), { throwIfNoEntry: false })?.size ?? 0
  }

  /** Sizes of someone's uploads in pieces, by content; one look at the folder. */
  partialsOf(owner: string): Map<string, number> {
    const sizes = new Map<string, number>()
    const begin = `${mark(owner)}-`
    for (const name of readdirSync(this.#partial)) {
      if (name.startsWith(begin)) sizes.set(name.slice(begin.length), this.partialSize(owner, name.slice(begin.length) as Sha256))
    }
    return sizes
  }

  /** Brings a hashed file to its place; not durable yet. */
  adopt(path: string, sha256: Sha256): void {
    const shard = this.shardOf(sha256)
    if (!this.#shards.has(shard)) {
      mkdirSync(shard, { recursive: true })
      this.#shards.add(shard)
    }
    this.#unrecorded.add(sha256)
    renameSync(path, this.pathOf(sha256))
  }

  /** The rows of these contents are durable. */
  recorded(contents: readonly { readonly sha256: string }[]): void {
    for (const { sha256 } of contents) this.#unrecorded.delete(sha256 as Sha256)
  }

  /** Removes a content that has no row (any more); false when it is on its way to one again. */
  remove(sha256: Sha256): boolean {
    if (this.#unrecorded.has(sha256)) return false
    rmSync(this.pathOf(sha256), { force: true })
    return true
  }

  /** Names in the folder of one first byte, `00` to `ff`; nothing where there is none. */
  contentsOf(shard: string): Sha256[] {
    const folder = join(this.#folder, shard)
    return existsSync(folder) ? (readdirSync(folder).filter(isSha256) as Sha256[]) : []
  }

  /** Removes pieces to which nothing came since `before`, wall ms. */
  dropPartials(before: number): void {
    for (const name of readdirSync(this.#partial)) {
      const path = join(this.#partial, name)
      if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? before) < before) rmSync(path, { force: true })
    }
  }

  /** Size in bytes; throws `not_found` when the file is gone although its row is there. */
  sizeOf(sha256: Sha256): number {
    const stats = statSync(this.pathOf(sha256), { throwIfNoEntry: false })
    if (stats !== undefined) return stats.size
    throw new DistError('not_found', `the content ${sha256} is missing on the head's disk`, {
      hint: 'restore the data folder from a backup',
    })
  }
}

/** A name may have any letters; a file's may not. */
function mark(owner: string): string {
  return createHash('sha256').update(owner).digest('hex').slice(0, 16)
}
