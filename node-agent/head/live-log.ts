// Sends what running jobs print while they run: numbered chunks, one at a time, only while a session stands. Begins
// when the output has a file of its own (a job older than 1 s): before that the slot's file may be the next job's.
import { closeSync, openSync, readSync } from 'node:fs'
import { DistError } from '../../shared/base/errors.ts'
import type { HttpClient } from '../../shared/net/http.ts'
import type { Bearer } from './bearer.ts'

const pace = 250
const chunkBytes = 64 * 1024

interface Followed {
  readonly id: string
  readonly path: string
  offset: number
  number: number
}

export class LiveLog {
  readonly #http: HttpClient
  readonly #bearer: Bearer
  readonly #followed = new Map<string, Followed>()
  #timer: NodeJS.Timeout | null = null
  #busy = false

  constructor(http: HttpClient, bearer: Bearer) {
    this.#http = http
    this.#bearer = bearer
  }

  /** From the file's start: what the head has already it skips. */
  follow(id: string, path: string): void {
    if (!this.#followed.has(id)) this.#followed.set(id, { id, path, offset: 0, number: 0 })
    this.#timer ??= setInterval(() => void this.#round(), pace)
  }

  unfollow(id: string): void {
    this.#followed.delete(id)
    if (this.#followed.size === 0) this.close()
  }

  close(): void {
    this.#followed.clear()
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  async #round(): Promise<void> {
    if (this.#busy || this.#bearer.token === null) return
    this.#busy = true
    try {
      for (const followed of [...this.#followed.values()]) await this.#send(followed)
    } finally {
      this.#busy = false
    }
  }

  /** Sends until the file's end is reached; trouble ends the round, the next one goes on at what the head has. */
  async #send(followed: Followed): Promise<void> {
    const path = `/attempts/${followed.id}/log`
    while (this.#followed.get(followed.id) === followed) {
      const body = readChunk(followed.path, followed.offset)
      if (body.length === 0) return
      const query = { offset: followed.offset, number: followed.number }
      try {
        const reply = await this.#http.open({
          method: 'PUT',
          path,
          query,
          body,
          contentType: 'application/octet-stream',
          signal: this.#bearer.signal,
        })
        reply.body.resume()
        followed.offset += body.length
        followed.number++
      } catch (error) {
        this.#obey(followed, error)
        return
      }
    }
  }

  #obey(followed: Followed, error: unknown): void {
    if (!(error instanceof DistError)) return
    const have = error.ids['have']
    if (error.code === 'bad_offset' && typeof have === 'number') followed.offset = have
    else if (error.code === 'superseded' || error.code === 'forbidden' || error.code === 'not_found') this.unfollow(followed.id)
  }
}

/** What is new, at most one chunk; empty when the file is not there (any more). */
function readChunk(path: string, offset: number): Buffer {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return Buffer.alloc(0)
  }
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes)
    return buffer.subarray(0, readSync(fd, buffer, 0, chunkBytes, offset))
  } finally {
    closeSync(fd)
  }
}
