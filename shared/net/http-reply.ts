// Turns replies of the head into values and errors; used by http.ts only.
import type { IncomingMessage } from 'node:http'
import { type ErrorCode, isErrorCode } from '../base/error-codes.ts'
import { DistError, errorMessage } from '../base/errors.ts'

/** An error reply is one small object; more than this is not ours. */
const maxErrorBytes = 1 << 20

/** A page of results has 8 MiB, or one job of a million files; a string has no more than this. */
const maxJsonBytes = 512 << 20

/** The JSON value of a good reply. Whoever answers without end is no head. */
export async function readJson(reply: IncomingMessage, most = maxJsonBytes): Promise<unknown> {
  const text = await readText(reply, most)
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw notOurs(`it answered ${reply.statusCode} with ${shown(text)}`, cause)
  }
}

/** The DistError that a reply with status >= 300 stands for. */
export async function readError(reply: IncomingMessage, base: string): Promise<DistError> {
  const status = reply.statusCode ?? 0
  let text: string
  try {
    text = await readText(reply, maxErrorBytes)
  } catch (cause) {
    return new DistError(codeOfStatus(status), `the head at ${base} answered ${status} and hung up`, { cause })
  }
  const error = parseError(text)
  if (error === null) {
    if (status < 400) return notOurs(`it answered ${status}`, undefined)
    return new DistError(codeOfStatus(status), `${base} answered ${status}: ${shown(text)}`)
  }
  // a code of a newer head: its status says enough
  const code = isErrorCode(error.code) ? error.code : codeOfStatus(status)
  return new DistError(code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.ids === undefined ? {} : { ids: error.ids }),
  })
}

async function readText(reply: IncomingMessage, most: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > most) throw notOurs(`it answered ${reply.statusCode} with more than ${most} bytes`, undefined)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof DistError) throw error
    throw new DistError('unreachable', `the head hung up in the middle of its answer: ${errorMessage(error)}`, {
      hint: 'try again',
      cause: error,
    })
  }
  return Buffer.concat(chunks, size).toString()
}

interface ErrorBody {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly ids?: Readonly<Record<string, string | number>>
}

/** Converter: `{error: {code, message, hint?, ids?}}` of shapes.ts, or null. */
function parseError(text: string): ErrorBody | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('error' in value)) return null
    const error = value.error as Partial<ErrorBody> | null
    if (typeof error?.code !== 'string' || typeof error.message !== 'string') return null
    return {
      code: error.code,
      message: error.message,
      ...(typeof error.hint === 'string' ? { hint: error.hint } : {}),
      ...(typeof error.ids === 'object' && error.ids !== null ? { ids: error.ids } : {}),
    }
  } catch {
    return null
  }
}

function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 401:
      return 'unauthenticated'
    case 403:
      return 'forbidden'
    case 404:
      return 'not_found'
    case 409:
      return 'incomplete'
    case 413:
      return 'too_large'
    case 426:
      return 'version'
    case 429:
    case 502:
    case 503:
    case 504:
      return 'unavailable'
    case 507:
      return 'disk_full'
    default:
      return status >= 500 ? 'bug' : 'bad_request'
  }
}

function notOurs(what: string, cause: unknown): DistError {
  return new DistError('unreachable', `what answers there is no dist head: ${what}`, { hint: 'check the address of the head', cause })
}

function shown(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? ''
  return line === '' ? 'nothing' : JSON.stringify(line.length > 120 ? `${line.slice(0, 120)}…` : line)
}
