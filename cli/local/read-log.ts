// Reads the output of a job or a build, going on where it broke off when the connection does: once, or following it.

import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { missingMark } from '../../shared/model/output-cap.ts'
import type { HttpReply } from '../../shared/net/http.ts'
import type { Context, Stakes } from '../context.ts'

/** Asks for what is known from an offset on. */
export type OpenLog = (offset: number) => Promise<HttpReply>
export type TakeBytes = (chunk: Buffer) => void | Promise<void>

/** One reply, read to its end. */
export interface LogPiece {
  /** `final`: nothing will be added; `waiting`: it has not started */
  readonly state: 'final' | 'live' | 'waiting'
  /** attempt that the bytes are of */
  readonly id: string
  /** end of what the head knows */
  readonly size: number
}

/** How far somebody has read. */
export interface LogPosition {
  offset: number
}

/** Gives every byte that there is now to `take` once, in order, with a line where the middle of a long output is missing. */
export async function readLog(context: Context, open: OpenLog, take: TakeBytes): Promise<void> {
  const at = { offset: 0 }
  const { size } = await readPiece(context, 'look', at, open, take)
  for (let before = -1; at.offset < size && at.offset > before; ) {
    before = at.offset
    await readPiece(context, 'look', at, open, take)
  }
}

/** The same until nothing will be added. `over` tells that the head waits for nothing more although no result came. */
export async function followLog(
  context: Context,
  at: LogPosition,
  open: OpenLog,
  take: TakeBytes,
  over: () => Promise<boolean>,
): Promise<void> {
  for (let last = false; ; ) {
    const before = at.offset
    const piece = await readPiece(context, 'follow', at, open, take)
    if (piece.state === 'final' && (at.offset >= piece.size || at.offset === before)) return
    if (at.offset > before) continue
    // once more after the end: its last bytes may have come in between
    if (last) return
    last = await over()
  }
}

/** One reply of the head; moves `at` on. Tried again from there while the head is away. */
export function readPiece(context: Context, stakes: Stakes, at: LogPosition, open: OpenLog, take: TakeBytes): Promise<LogPiece> {
  return context.patiently(stakes, async () => {
    const { headers, body } = await open(at.offset)
    const number = (name: string, missing: number) => Number(headers[name] ?? missing)
    const from = number('x-dist-from', at.offset)
    if (from > at.offset) {
      await take(Buffer.from(missingMark(at.offset, from)))
      at.offset = from
    }
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        await take(chunk)
        at.offset += chunk.length
      }
    } catch (error) {
      context.signal.throwIfAborted()
      if (error instanceof DistError) throw error
      throw new DistError('unreachable', `the connection broke: ${errorMessage(error)}`, { hint: 'try again', cause: error })
    }
    const state = headers['x-dist-output']
    return {
      state: state === 'live' || state === 'waiting' ? state : 'final',
      id: String(headers['x-dist-attempt'] ?? ''),
      size: number('x-dist-size', at.offset),
    }
  })
}
