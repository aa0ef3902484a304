// Reads a log to its end, going on where it broke off when the connection does.
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import type { HttpReply } from '../../shared/net/http.ts'
import type { Context } from '../context.ts'

export type OpenLog = (offset: number) => Promise<HttpReply>

/** Gives every byte to `take` once, in order. */
export async function readLog(context: Context, open: OpenLog, take: (chunk: Buffer) => void | Promise<void>): Promise<void> {
  let offset = 0
  await context.patiently('look', async () => {
    const reply = await open(offset)
    try {
      for await (const chunk of reply.body as AsyncIterable<Buffer>) {
        await take(chunk)
        offset += chunk.length
      }
    } catch (error) {
      context.signal.throwIfAborted()
      if (error instanceof DistError) throw error
      throw new DistError('unreachable', `the connection broke: ${errorMessage(error)}`, { hint: 'try again', cause: error })
    }
  })
}
