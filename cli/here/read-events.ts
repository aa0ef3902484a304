// Server-sent events of the head, read from the start of a jobset. Used by live-output.ts.
import type { HeadClient } from '../../shared/api/client.ts'
import type { Event } from '../../shared/model/event.ts'
import { readLines } from '../ops/read-lines.ts'

/** Every event of the jobset in order, from its first on; ends when the connection does. */
export async function* readEvents(head: HeadClient, jobset: number, signal: AbortSignal): AsyncGenerator<Event> {
  const { body } = await head.events({ jobset, after: 0 }, signal)
  for await (const line of readLines(body as AsyncIterable<Buffer>)) {
    if (line.startsWith('data: {"seq"')) yield JSON.parse(line.slice(6)) as Event
  }
}
