// A slot's journal as the plain keeper writes it: append-only lines, cut when nothing in it is needed any more. The format is
// docs/keeper-protocol.md's; its reader is journal/read.ts.
import { closeSync, constants, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { type JournalRecord, parseJournal } from '../journal/read.ts'

const { O_RDWR, O_CREAT, O_APPEND, O_WRONLY, O_TRUNC } = constants
/** A journal over this size is written anew without what was forgotten, when that halves it. */
const compactBytes = 4 << 20

export class SlotJournal {
  /** what was there when it was opened */
  readonly found: readonly JournalRecord[]
  readonly #path: string
  /** bytes of every attempt that was not forgotten */
  readonly #kept = new Map<string, number>()
  #fd: number
  #size: number
  #live = 0

  /** Opens it and cuts what is torn off its end. */
  constructor(path: string) {
    this.#path = path
    this.#fd = open(path)
    const { records, validBytes } = parseJournal(readFileSync(path))
    ftruncateSync(this.#fd, validBytes)
    this.#size = validBytes
    this.found = records
    for (const record of records) this.#count(record.id, lineOf(record).length)
  }

  /** Attempts that were not forgotten. */
  get kept(): string[] {
    return [...this.#kept.keys()]
  }

  /** Appends a record, or throws and leaves the journal as it was (a full disk). */
  append(record: JournalRecord): void {
    const line = lineOf(record)
    if (writeSync(this.#fd, line) !== line.length) {
      ftruncateSync(this.#fd, this.#size)
      throw Object.assign(new Error('no space left for a journal record'), { code: 'ENOSPC' })
    }
    this.#size += line.length
    this.#count(record.id, line.length)
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) {
      this.#live -= this.#kept.get(id) ?? 0
      this.#kept.delete(id)
    }
  }

  /** At a job's boundary: empties it when nothing in it is needed, shortens it when most is not. */
  cut(): void {
    if (this.#size === 0) return
    if (this.#kept.size === 0) {
      ftruncateSync(this.#fd, 0)
      this.#size = 0
    } else if (this.#size > compactBytes && this.#size > 2 * this.#live) this.#compact()
  }

  #compact(): void {
    const { records } = parseJournal(readFileSync(this.#path))
    const data = Buffer.concat(records.filter((record) => this.#kept.has(record.id)).map(lineOf))
    const temporary = `${this.#path}.new`
    const fd = openSync(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    try {
      writeAll(fd, data)
      fsyncSync(fd)
    } catch {
      rmSync(temporary)
      return
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, this.#path)
    closeSync(this.#fd)
    this.#fd = open(this.#path)
    this.#size = data.length
    this.#live = data.length
  }

  #count(id: string, bytes: number): void {
    this.#kept.set(id, (this.#kept.get(id) ?? 0) + bytes)
    this.#live += bytes
  }
}

function lineOf(record: JournalRecord): Buffer {
  const body = Buffer.from(JSON.stringify(record))
  return Buffer.concat([Buffer.from(`${crc32(body).toString(16).padStart(8, '0')} `), body, Buffer.from('\n')])
}

function open(path: string): number {
  return openSync(path, O_RDWR | O_CREAT | O_APPEND, 0o600)
}

/** Node's writeSync may write less than it is given. */
export function writeAll(fd: number, data: Buffer): void {
  for (let at = 0; at < data.length; ) at += writeSync(fd, data, at)
}
