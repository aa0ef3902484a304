// The head's events as they come, going on after the last one when the connection breaks. Used by `dist watch` and `dist run`.
import type { HeadClient } from '../../shared/api/client.ts'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import type { Event } from '../../shared/model/event.ts'
import type { Context } from '../context.ts'

export interface EventsOptions {
  /** null = of all jobsets */
  readonly jobset: number | null
  /** only those after it, 0 = all that the head has; null = from now on */
  readonly after: number | null
  /** called whenever a connection stands: what happened before may be asked for now */
  readonly onOpen: () => Promise<void>
  readonly onEvent: (event: Event) => Promise<void>
  /** the head has forgotten what came in between */
  readonly onGap: () => void
  readonly onTrouble: (message: string) => void
}

/** Ends when `signal` fires, which `onOpen` and `onEvent` may bring about. */
export async function readEvents(context: Context, head: HeadClient, signal: AbortSignal, options: EventsOptions): Promise<void> {
  let last = options.after
  const query = (): { jobset?: number; after?: number } => ({
    ...(options.jobset === null ? {} : { jobset: options.jobset }),
    ...(last === null ? {} : { after: last }),
  })
  while (!signal.aborted) {
    try {
      await context.patiently('follow', () => once(), options.onTrouble)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async function once(): Promise<void> {
    const { body } = await head.events(query(), signal)
    await options.onOpen()
    try {
      for await (const block of blocks(body as AsyncIterable<Buffer>)) {
        if (signal.aborted) return
        const { id, kind, data } = parseBlock(block)
        if (id !== null) last = id
        if (kind === 'reset') {
          if (query().after !== undefined) options.onGap()
        } else if (data !== '') await options.onEvent(JSON.parse(data) as Event)
      }
    } catch (error) {
      if (signal.aborted || error instanceof DistError) throw error
      throw new DistError('unreachable', `the connection broke: ${errorMessage(error)}`, { hint: 'try again', cause: error })
    } finally {
      body.destroy()
    }
    if (!signal.aborted) throw new DistError('unreachable', 'the head ended the stream of events', { hint: 'try again' })
  }
}

/** What stands between empty lines. */
async function* blocks(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of source) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield text.slice(0, end)
      text = text.slice(end + 2)
    }
  }
}

/** Fields of one server-sent event (WHATWG HTML 9.2.6); comments and unknown fields are ignored. */
function parseBlock(block: string): { id: number | null; kind: string; data: string } {
  let id: number | null = null
  let kind = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^(id|event|data): ?(.*)$/.exec(line) ?? []
    if (name === 'id') id = Number(value)
    else if (name === 'event') kind = value
    else if (name === 'data') data.push(value)
  }
  return { id, kind, data: data.join('\n') }
}
