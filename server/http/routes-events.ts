// The route of server-sent events.
import type { Handlers, HttpContext } from './deps.ts'
import { eventStream } from './event-stream.ts'

const heartbeatMs = 15_000
const patienceMs = 30_000

export function eventHandlers({ head, reads: { events } }: HttpContext): Handlers<'events'> {
  return {
    events({ query, headers, signal }) {
      // a browser that reconnects sends the header; it is newer than the address it was opened with
      const header = headers['last-event-id']
      const from = header === undefined ? (query.after ?? null) : parseId(String(header))
      return {
        stream: eventStream({
          events,
          from,
          jobset: query.jobset ?? null,
          onEvents: (listener) => head.onEvents(listener),
          signal,
          heartbeatMs,
          patienceMs,
        }),
        headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
      }
    },
  }
}

function parseId(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}
