// Where an export goes: stdout, or a file that is there whole or not at all.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { syncFolder } from '../../shared/files/atomic.ts'
import type { Io } from '../local/io.ts'

export interface Sink {
  write(data: string | Uint8Array): void
  /** settles when what was written may be forgotten */
  flush(): Promise<void>
  /** the file appears */
  done(): void
  /** nothing of it appears */
  drop(): void
}

/** `file`: relative to the folder of the command; null = stdout. Throws `usage` when it cannot be written. */
export function openSink(io: Io, file: string | null): Sink {
  if (file !== null) return new FileSink(resolve(io.cwd, file), file)
  const { stdout } = io
  return { write: (data) => stdout.write(data), flush: () => stdout.flush(), done: () => undefined, drop: () => undefined }
}

class FileSink implements Sink {
  readonly #path: string
  readonly #temporary: string
  readonly #shown: string
  /** null once it is closed: its number may belong to somebody else then */
  #fd: number | null

  constructor(path: string, shown: string) {
    this.#path = path
    this.#shown = shown
    this.#temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
    this.#fd = this.#told(() => {
      rmSync(this.#temporary, { force: true })
      return openSync(this.#temporary, 'wx')
    })
  }

  write(data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    this.#told(() => {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#open(), bytes, at)
    })
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  done(): void {
    this.#told(() => {
      fsyncSync(this.#open())
      this.#close()
      renameSync(this.#temporary, this.#path)
      syncFolder(dirname(this.#path))
    })
  }

  drop(): void {
    this.#close()
    rmSync(this.#temporary, { force: true })
  }

  #open(): number {
    if (this.#fd === null) throw new Error('it is closed')
    return this.#fd
  }

  #close(): void {
    const fd = this.#fd
    this.#fd = null
    if (fd !== null) closeSync(fd)
  }

  #told<T>(step: () => T): T {
    try {
      return step()
    } catch (error) {
      const hint = 'name a file that you may write, on a disk with room'
      throw new DistError('usage', `cannot write ${this.#shown}: ${errorMessage(error)}`, { hint, cause: error })
    }
  }
}
