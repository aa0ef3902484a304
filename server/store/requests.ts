// Messages between the head's main thread and the writer thread, and the errors that cross with them.
import type { ErrorCode } from '../../shared/base/error-codes.ts'
import { DistError, errorMessage, isDiskFull, systemCode } from '../../shared/base/errors.ts'

export interface WriterRequest {
  readonly id: number
  readonly name: string
  readonly input: unknown
}

export type WriterReply =
  | { readonly kind: 'done'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: PortableError }

/** What the writer tells besides replies. `broken`: a commit failed, every waiter got an error, the core must be rebuilt. */
export type WriterNotice =
  | { readonly kind: 'replies'; readonly replies: readonly WriterReply[]; readonly broken: boolean }
  | { readonly kind: 'placed'; readonly jobsets: readonly number[]; readonly backlog: number; readonly backlogBytes: number }
  | { readonly kind: 'warning'; readonly message: string }

export interface PortableError {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
  readonly ids?: Readonly<Record<string, string | number>>
}

/** Turns anything thrown in the writer into something that crosses threads. */
export function toPortable(error: unknown): PortableError {
  if (error instanceof DistError) {
    return { code: error.code, message: error.message, ids: error.ids, ...(error.hint === undefined ? {} : { hint: error.hint }) }
  }
  const code = systemCode(error) ?? ''
  if (isDiskFull(error) || code === 'SQLITE_FULL') {
    return { code: 'disk_full', message: 'the disk of the data folder is full', hint: 'free space on it; work goes on by itself then' }
  }
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO') {
    return { code: 'unavailable', message: `the data folder cannot be written: ${errorMessage(error)}` }
  }
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) return { code: 'data_folder', ...damagedDatabase(errorMessage(error)) }
  return { code: 'bug', message: `store: ${errorMessage(error)}` }
}

/** What to say of a database that SQLite cannot make sense of. */
export function damagedDatabase(what: string): { readonly message: string; readonly hint: string } {
  return {
    message: `dist.sqlite in the data folder is damaged: ${what}`,
    hint: 'restore a backup (dist doctor --data DIR says more); nothing was repaired or changed',
  }
}

export function fromPortable(error: PortableError): DistError {
  return new DistError(error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.ids === undefined ? {} : { ids: error.ids }),
  })
}
