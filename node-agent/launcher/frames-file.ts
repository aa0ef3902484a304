// What a trial's job said over its connections: attempts/<id>/frames, a record a message, each line with the CRC-32 of its JSON as in
// a journal. Written by the launcher, read by whichever agent judges the trial (stage/judge.ts). A torn end was never said.
import { closeSync, existsSync, fdatasync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { systemCode } from '../../shared/base/errors.ts'
import { checkedLines } from '../journal/read.ts'

/** bytes of one trial; what comes after is not kept */
const mostBytes = 128 << 20

export function framesPath(attemptFolder: string): string {
  return join(attemptFolder, 'frames')
}

export class FramesFile {
  readonly #path: string
  #fd: number | null = null
  #size = 0
  /** ends when all that was written is on the disk */
  #syncing: Promise<void> | null = null
  #unsynced = false
  /** why something that came is not in the file */
  problem: string | null = null

  constructor(path: string) {
    this.#path = path
  }

  append(text: string): void {
    const body = Buffer.from(JSON.stringify({ text }))
    const line = Buffer.concat([Buffer.from(`${crc32(body).toString(16).padStart(8, '0')} `), body, Buffer.from('\n')])
    if (this.#size + line.length > mostBytes) {
      this.problem ??= `messages of more than ${mostBytes >> 20} MiB came: the later ones were not kept`
      return
    }
    try {
      this.#fd ??= this.#open()
      for (let done = 0; done < line.length; ) done += writeSync(this.#fd, line, done)
      this.#size += line.length
      this.#unsynced = true
      this.#syncing ??= this.#sync(this.#fd)
    } catch (error) {
      this.problem ??= `a message of the job could not be kept: ${systemCode(error) ?? error}`
      this.#attempt(() => this.#fd !== null && ftruncateSync(this.#fd, this.#size))
    }
  }

  /** All of it is on the disk. */
  async close(): Promise<void> {
    await this.#syncing
    this.#attempt(() => this.#fd !== null && closeSync(this.#fd))
    this.#fd = null
  }

  /** Nobody catches what a socket's handler throws. */
  #attempt(act: () => unknown): void {
    try {
      act()
    } catch (error) {
      this.problem ??= `the messages of the job may be torn: ${systemCode(error) ?? error}`
    }
  }

  #open(): number {
    mkdirSync(dirname(this.#path), { recursive: true })
    return openSync(this.#path, 'w', 0o600)
  }

  /** One at a time: what is written meanwhile is synced by the next. */
  async #sync(fd: number): Promise<void> {
    do {
      this.#unsynced = false
      await new Promise<void>((resolve) => {
        fdatasync(fd, (error) => {
          if (error !== null) this.problem ??= `a message of the job may be lost with the power: ${error.message}`
          resolve()
        })
      })
    } while (this.#unsynced)
    this.#syncing = null
  }
}

/** Messages in the order in which they came; none when there is no file. */
export function readFrames(attemptFolder: string): readonly string[] {
  const path = framesPath(attemptFolder)
  return existsSync(path) ? checkedLines(readFileSync(path)).values.map(({ text }) => String(text)) : []
}
