// Sends what running jobs print while they run: numbered chunks, one at a time over all attempts, only while a session
// stands. Offsets make it exact: the head passes over what it has and tells where to go on after either side was away.
import { DistError } from '../../shared/base/errors.ts'
import type { HttpClient } from '../../shared/net/http.ts'
import { readJson } from '../../shared/net/http-reply.ts'
import type { Bearer } from './bearer.ts'
import { FollowedFile, type Kept } from './followed-file.ts'

/** ms between looks at the files; with the keeper's own look (100 ms) output is at the head within 300 ms */
const pace = 100
const chunkBytes = 256 * 1024
/** ms after an attempt's end until the rest of its output is sent: most results are committed by then */
const grace = 300

interface Followed {
  readonly id: string
  readonly file: FollowedFile
  number: number
  /** when the attempt ended; the rest is sent once, then it is over */
  ended: number | null
}

export class LiveLog {
  readonly #http: HttpClient
  readonly #bearer: Bearer
  readonly #kept: Kept | undefined
  readonly #followed = new Map<string, Followed>()
  readonly #buffer = Buffer.allocUnsafeSlow(chunkBytes)
  #timer: NodeJS.Timeout | null = null
  #busy = false

  constructor(http: HttpClient, bearer: Bearer, kept?: Kept) {
    this.#http = http
    this.#bearer = bearer
    this.#kept = kept
  }

  /** From the file's start: what the head has already it skips. */
  follow(id: string, path: string): void {
    if (this.#followed.has(id)) return
    this.#followed.set(id, { id, file: new FollowedFile(path, this.#kept), number: 0, ended: null })
    this.#timer ??= setInterval(() => void this.#round(), pace)
  }

  /** The attempt ended: nothing is added. Its result may take long to ship, so the rest is sent, in a moment. */
  unfollow(id: string): void {
    const followed = this.#followed.get(id)
    if (followed !== undefined) followed.ended ??= performance.now()
  }

  /** The head has the result, or wants nothing. */
  forget(id: string): void {
    this.#followed.get(id)?.file.close()
    this.#followed.delete(id)
    if (this.#followed.size === 0) this.close()
  }

  close(): void {
    for (const { file } of this.#followed.values()) file.close()
    this.#followed.clear()
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** A chunk of each in turn until all are read to their ends: a flood does not hold up the others. */
  async #round(): Promise<void> {
    if (this.#busy || this.#bearer.token === null) return
    this.#busy = true
    try {
      let waiting = [...this.#followed.values()]
      while (waiting.length > 0 && this.#bearer.token !== null) {
        const more: Followed[] = []
        for (const followed of waiting) if (await this.#send(followed)) more.push(followed)
        waiting = more
      }
    } finally {
      this.#busy = false
    }
  }

  /** True when there may be more; trouble ends this one's round, the next goes on at what the head has. */
  async #send(followed: Followed): Promise<boolean> {
    const { id, file, ended } = followed
    if (this.#followed.get(id) !== followed || (ended !== null && performance.now() < ended + grace)) return false
    try {
      const chunk = file.read(this.#buffer)
      if (chunk === null) {
        if (ended !== null) this.forget(id)
        return false
      }
      const { data: body, offset, skipped } = chunk
      const reply = await this.#http.open({
        method: 'PUT',
        path: `/attempts/${id}/log`,
        query: { offset, number: followed.number, skipped },
        body,
        contentType: 'application/octet-stream',
        signal: this.#bearer.signal,
      })
      const { have } = (await readJson(reply.body)) as { readonly have: number }
      // more than we sent: an agent before us had sent it
      file.seek(Math.max(offset + body.length, have))
      followed.number++
      return true
    } catch (error) {
      return this.#obey(followed, error)
    }
  }

  #obey(followed: Followed, error: unknown): boolean {
    if (!(error instanceof DistError)) return false
    const have = error.ids['have']
    if (error.code === 'bad_offset' && typeof have === 'number') {
      followed.file.seek(have)
      return true
    }
    if (error.code === 'superseded' || error.code === 'forbidden' || error.code === 'not_found') this.forget(followed.id)
    return false
  }
}
