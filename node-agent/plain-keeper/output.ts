// The slot's output file: jobs write to it one after the other, it is emptied after each. A long or large output is renamed
// into attempts/<id>/. Called by the keeper.
import { closeSync, constants, fstatSync, ftruncateSync, mkdirSync, openSync, renameSync, rmdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
import { shorten } from './cap.ts'
import { copyRange, readUpTo } from './copy.ts'

const { O_RDWR, O_CREAT, O_APPEND } = constants
/** Outputs up to this ride in the report. */
export const inlineBytes = 16 << 10

export interface TakenOutput {
  /** null: in attempts/<id>/ */
  readonly data: Buffer | null
  readonly size: number
  readonly note: string | null
}

export class SlotOutput {
  readonly #path: string
  readonly #attempts: string
  /** what the next job writes to */
  fd: number

  constructor(work: string, slot: number) {
    this.#path = join(work, `slot${slot}.out`)
    this.#attempts = join(work, 'attempts')
    this.fd = openSync(this.#path, O_RDWR | O_CREAT | O_APPEND, 0o600)
    ftruncateSync(this.fd, 0)
  }

  /** attempts/<id>, made when it is missing. */
  folder(id: string): string {
    const path = join(this.#attempts, id)
    mkdirSync(path, { recursive: true })
    return path
  }

  /** Gives the file to the attempt and opens another for the slot; returns the old descriptor, which the job writes to. */
  move(id: string): number {
    const target = join(this.folder(id), 'stdout.txt')
    renameSync(this.#path, target)
    const old = this.fd
    try {
      this.fd = openSync(this.#path, O_RDWR | O_CREAT | O_APPEND, 0o600)
    } catch (error) {
      renameSync(target, this.#path)
      throw error
    }
    return old
  }

  /** Removes what `move` made: the output was small and is in the exit record. */
  unmove(id: string): void {
    try {
      unlinkSync(join(this.#attempts, id, 'stdout.txt'))
      rmdirSync(join(this.#attempts, id))
    } catch {
      // something else is in there, which is the agent's
    }
  }

  /** What a job that has ended wrote; `own`: its own file after `move`, else null. */
  take(id: string, own: number | null): TakenOutput {
    const fd = own ?? this.fd
    const data = readUpTo(fd, inlineBytes + 1)
    if (data.length <= inlineBytes) return { data, size: data.length, note: null }
    const { size } = fstatSync(fd)
    try {
      return { data: null, size, note: shorten(fd, this.folder(id)) }
    } finally {
      if (own === null) this.#give(id)
    }
  }

  clear(): void {
    ftruncateSync(this.fd, 0)
  }

  /** `move` after the job's end; copies when the job took the file's name away. */
  #give(id: string): void {
    try {
      closeSync(this.move(id))
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error
      const copy = openSync(join(this.folder(id), 'stdout.txt'), 'w', 0o600)
      try {
        copyRange(this.fd, copy, 0, fstatSync(this.fd).size)
      } finally {
        closeSync(copy)
      }
      closeSync(this.fd)
      this.fd = openSync(this.#path, O_RDWR | O_CREAT | O_APPEND, 0o600)
    }
  }
}
