// One session with the head: challenge -> hello -> welcome -> frames both ways, until one side ends it or falls silent.
//
//   dialling --challenge--> greeting --welcome--> open --end, error, 15 s of silence, abort--> over
//       |______________________|__ reject, error, 15 s of silence __________________________^
import type { ClientDuplexStream } from '@grpc/grpc-js'
import { isErrorCode } from '../../shared/base/error-codes.ts'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import type { AgentFrame } from '../../shared/wire/gen/dist/AgentFrame.ts'
import type { HeadFrame__Output } from '../../shared/wire/gen/dist/HeadFrame.ts'
import type { Hello } from '../../shared/wire/gen/dist/Hello.ts'
import type { Welcome__Output } from '../../shared/wire/gen/dist/Welcome.ts'
import { channelOptions, heartbeatSeconds, loadAgentService, silenceSeconds } from '../../shared/wire/session.ts'
import { channelCredentials } from './credentials.ts'

export interface SessionHandlers {
  /** The hello for this nonce; asked once, at the challenge. */
  hello(nonce: Buffer): Hello
  /** Hello is on its way: from now on frames may be written. */
  opened(write: (frame: AgentFrame) => void): void
  welcome(welcome: Welcome__Output): void
  frame(frame: HeadFrame__Output): void
}

export type SessionEnd =
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly error: DistError; readonly retry: boolean }

/** ms that an orderly end may take until the last frames are out. */
const farewell = 3000

type Service = ReturnType<typeof loadAgentService>
let service: Service | null = null

/**
 * Dials once and resolves when the session is over; never rejects. A fresh channel each time: grpc-js's own back-off
 * would hold a reused one for up to two minutes. When `signal` fires the written frames are flushed first.
 */
export function runSession(address: string, handlers: SessionHandlers, signal: AbortSignal): Promise<SessionEnd> {
  service ??= loadAgentService()
  const client = new service(address, channelCredentials(), channelOptions)
  return new Promise((resolve) => {
    const call = client.Session()
    const over = (end: SessionEnd) => {
      clearInterval(beat)
      clearTimeout(limit)
      signal.removeEventListener('abort', leave)
      call.removeAllListeners('data')
      call.cancel()
      client.close()
      resolve(end)
    }
    const session = new Session(call, handlers, over)
    const beat = setInterval(() => session.beat(), heartbeatSeconds * 1000)
    let limit: NodeJS.Timeout | undefined
    const leave = () => {
      limit = setTimeout(() => session.giveUp('the head did not close the session'), farewell)
      session.leave()
    }
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
}

class Session {
  readonly #call: ClientDuplexStream<AgentFrame, HeadFrame__Output>
  readonly #handlers: SessionHandlers
  readonly #over: (end: SessionEnd) => void
  #lastHeard = performance.now()
  #state: 'dialling' | 'greeting' | 'open' | 'over' = 'dialling'
  #wrote = false
  /** our side is ended: what would follow is told by the next hello */
  #left = false

  constructor(call: ClientDuplexStream<AgentFrame, HeadFrame__Output>, handlers: SessionHandlers, over: (end: SessionEnd) => void) {
    this.#call = call
    this.#handlers = handlers
    this.#over = over
    call.on('data', (frame: HeadFrame__Output) => this.#heard(frame))
    call.on('error', (error) => this.giveUp(errorMessage(error)))
    call.on('end', () => this.giveUp('the head ended the session'))
  }

  /** Every few seconds: a heartbeat when nothing else was written, and the end after too long a silence. */
  beat(): void {
    if (performance.now() - this.#lastHeard > silenceSeconds * 1000) {
      this.giveUp(`nothing heard for ${silenceSeconds} s`)
      return
    }
    if (this.#state === 'open' && !this.#wrote) this.#write({ beat: true })
    this.#wrote = false
  }

  /** Orderly end: what was written goes out, the head closes its side. */
  leave(): void {
    if (this.#state === 'dialling') this.giveUp('asked to leave')
    else if (this.#state !== 'over' && !this.#left) {
      this.#left = true
      this.#call.end()
    }
  }

  giveUp(reason: string): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#over({ kind: 'lost', reason })
  }

  #heard(frame: HeadFrame__Output): void {
    this.#lastHeard = performance.now()
    if (this.#state === 'over') return
    if (frame.reject !== null) {
      this.#rejected(frame.reject)
      return
    }
    if (frame.challenge !== null && this.#state === 'dialling') {
      this.#state = 'greeting'
      this.#write({ hello: this.#handlers.hello(frame.challenge.nonce) })
      this.#handlers.opened((next) => this.#write(next))
    }
    if (frame.welcome !== null && this.#state === 'greeting') {
      this.#state = 'open'
      this.#handlers.welcome(frame.welcome)
    }
    if (this.#state === 'open') this.#handlers.frame(frame)
  }

  #write(frame: AgentFrame): void {
    if (this.#state === 'over' || this.#left) return
    this.#wrote = true
    this.#call.write(frame)
  }

  #rejected(reject: NonNullable<HeadFrame__Output['reject']>): void {
    this.#state = 'over'
    const error = new DistError(isErrorCode(reject.code) ? reject.code : 'unauthenticated', reject.message, { hint: reject.hint })
    this.#over({ kind: 'rejected', error, retry: reject.retry })
  }
}
