// Packs: append-only plain tars in which small results become durable with one fdatasync per group (durability.md 6).
// A pack is sealed when it is large or the head goes quiet; once its results lie in folders it is unlinked.
import { closeSync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, writevSync } from 'node:fs'
import { join } from 'node:path'
import { syncFolder } from '../../shared/files/atomic.ts'
import type { FinishItem } from '../ports/finish-item.ts'
import { tarRecord } from './pack-tar.ts'
import type { WriterRequest } from './requests.ts'

export interface PackLocation {
  readonly pack: number
  readonly offset: number
}

interface OpenPack {
  readonly id: number
  readonly fd: number
  size: number
  results: number
}

const sealBytes = 64 * 1024 * 1024
const sealResults = 2000
/** writev takes at most 1024 buffers */
const maxBuffers = 1024

/** Requests whose input carries results to be staged. */
const stagedRequests: ReadonlySet<string> = new Set(['finish', 'finishBuild'])

export class Packs {
  readonly #folder: string
  #nextId: number
  #open: OpenPack | null = null
  /** the disk is full: what is left of it is for records */
  refusing = false

  /** `nextId` above every id ever used. */
  constructor(folder: string, nextId: number) {
    this.#folder = folder
    this.#nextId = nextId
    mkdirSync(folder, { recursive: true })
  }

  pathOf(pack: number): string {
    return join(this.#folder, `${pack}.tar`)
  }

  /** Appends the results of all requests and syncs once. A failed sync is never retried on that file: a new pack follows. */
  stage(requests: readonly WriterRequest[]): { locations: Map<unknown, PackLocation>; failures: Map<WriterRequest, unknown> } {
    const locations = new Map<unknown, PackLocation>()
    const failures = new Map<WriterRequest, unknown>()
    const staged = requests.filter((request) => stagedRequests.has(request.name))
    if (staged.length === 0) return { locations, failures }
    let before = -1
    try {
      if (this.refusing && staged.some(carriesBytes)) throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' })
      const pack = this.#current()
      before = pack.size
      const buffers: Uint8Array[] = []
      for (const request of staged) {
        for (const item of (request.input as { items: readonly FinishItem[] }).items) {
          if (item.result.kind !== 'inline') continue
          locations.set(item, { pack: pack.id, offset: pack.size })
          pack.results++
          for (const file of item.result.files) pack.size += tarRecord(buffers, `${item.id}/${file.path}`, file.mode, file.data)
        }
      }
      if (buffers.length > 0) {
        for (let i = 0; i < buffers.length; i += maxBuffers) writeAll(pack.fd, buffers.slice(i, i + maxBuffers))
        fdatasyncSync(pack.fd)
      }
    } catch (error) {
      locations.clear()
      for (const request of staged) failures.set(request, error)
      this.#abandon(before)
    }
    return { locations, failures }
  }

  /** The pack to seal now, or null: full, or anything at all when `quiet`. */
  takeSealed(quiet: boolean): number | null {
    const pack = this.#open
    if (pack === null || pack.results === 0) return null
    if (!quiet && pack.size < sealBytes && pack.results < sealResults) return null
    closeSync(pack.fd)
    this.#open = null
    return pack.id
  }

  get hasOpen(): boolean {
    return this.#open !== null && this.#open.results > 0
  }

  close(): void {
    if (this.#open !== null) closeSync(this.#open.fd)
    this.#open = null
  }

  #current(): OpenPack {
    if (this.#open === null) {
      const id = this.#nextId++
      const fd = openSync(this.pathOf(id), 'wx', 0o600)
      syncFolder(this.#folder)
      this.#open = { id, fd, size: 0, results: 0 }
    }
    return this.#open
  }

  #abandon(size: number): void {
    const pack = this.#open
    if (pack === null) return
    try {
      if (size >= 0) ftruncateSync(pack.fd, size)
    } catch {
      // The rows never point past the last good byte; the next start cuts the tail.
    }
    closeSync(pack.fd)
    this.#open = null
    this.#lost.push(pack.id)
  }

  /** Packs given up after a failed write; they still hold older results and are sealed like full ones. */
  readonly #lost: number[] = []

  takeAbandoned(): number[] {
    return this.#lost.splice(0)
  }
}

function carriesBytes(request: WriterRequest): boolean {
  return (request.input as { items: readonly FinishItem[] }).items.some((item) => item.result.kind === 'inline')
}

function writeAll(fd: number, buffers: readonly Uint8Array[]): void {
  let rest = [...buffers]
  while (rest.length > 0) {
    let written = writevSync(fd, rest)
    while (rest.length > 0 && written >= (rest[0]?.byteLength ?? 0)) {
      written -= rest[0]?.byteLength ?? 0
      rest = rest.slice(1)
    }
    const first = rest[0]
    if (first !== undefined && written > 0) rest[0] = first.subarray(written)
  }
}
