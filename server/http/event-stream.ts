// Server-sent events out of the event log, for one client. Rows are read as the client takes them, so a slow one costs
// one batch of memory; one that takes nothing for a while is dropped and comes back with its Last-Event-ID.
//
//   from: where the client is -> `reset` when that cannot be continued -> rows -> wait for a commit or the heartbeat -> rows …
import { Readable } from 'node:stream'
import type { Event } from '../../shared/model/event.ts'
import type { EventReads } from '../ports/event-reads.ts'

export interface EventStreamOptions {
  readonly events: EventReads
  /** last event that the client has; null = from now on; NaN = it does not know (an id that is none) */
  readonly from: number | null
  readonly jobset: number | null
  /** calls back after commits; returns the way to stop */
  readonly onEvents: (listener: () => void) => () => void
  readonly signal: AbortSignal
  readonly heartbeatMs: number
  /** a client that takes nothing for this long is dropped */
  readonly patienceMs: number
}

const batch = 500

export function eventStream(options: EventStreamOptions): Readable {
  const stream = Readable.from(
    paced(options, () => stream.destroy(new Error('the client does not read its events'))),
    { highWaterMark: 1 },
  )
  return stream
}

/** Each piece of text; `drop` is called when one is not taken in time. */
async function* paced(options: EventStreamOptions, drop: () => void): AsyncGenerator<string> {
  for await (const text of texts(options)) {
    const timer = setTimeout(drop, options.patienceMs)
    try {
      yield text
    } finally {
      clearTimeout(timer)
    }
  }
}

async function* texts({ events, from, jobset, onEvents, signal, heartbeatMs }: EventStreamOptions): AsyncGenerator<string> {
  const bell = new Bell(signal)
  const stop = onEvents(() => bell.ring())
  try {
    // one line at once, so that the client knows that it is connected
    yield ': here\nretry: 2000\n\n'
    const { oldest, newest } = events.bounds()
    let last = from ?? newest
    const first = oldest === 0 ? newest + 1 : oldest
    if (!(last >= first - 1 && last <= newest)) {
      last = newest
      yield `event: reset\nid: ${last}\ndata: ${JSON.stringify({ newest })}\n\n`
    }
    while (!signal.aborted) {
      const rows = events.after(last, jobset, batch)
      last = rows.at(-1)?.seq ?? last
      if (rows.length > 0) yield rows.map(toText).join('')
      if (rows.length < batch && !(await bell.heard(heartbeatMs))) yield ': beat\n\n'
    }
  } finally {
    stop()
  }
}

function toText(event: Event): string {
  return `id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`
}

/** Remembers a ring that came while nobody listened. */
class Bell {
  readonly #signal: AbortSignal
  #rung = false
  #wake: (() => void) | null = null

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** True when it rang since the last call, or does within `ms`; false after `ms`. Also returns when the signal fires. */
  async heard(ms: number): Promise<boolean> {
    if (!this.#rung && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          this.#signal.removeEventListener('abort', done)
          this.#wake = null
          resolve()
        }
        const timer = setTimeout(done, ms)
        this.#signal.addEventListener('abort', done)
        this.#wake = done
      })
    }
    const rung = this.#rung
    this.#rung = false
    return rung || this.#signal.aborted
  }
}
