// Calls that are being answered, by whose token they are: revoking a token ends them, and so does the end of the head.
// A call also ends when its client goes.
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../ports/identities.ts'

interface LiveCall {
  readonly abort: AbortController
  readonly socket: FastifyRequest['raw']['socket']
  owner: string | null
}

export class LiveCalls {
  readonly #calls = new Map<FastifyRequest['raw'], LiveCall>()

  /** From the first byte of a request until its answer is out. */
  begin(request: FastifyRequest, reply: FastifyReply): void {
    const call: LiveCall = { abort: new AbortController(), socket: request.raw.socket, owner: null }
    this.#calls.set(request.raw, call)
    reply.raw.once('close', () => {
      this.#calls.delete(request.raw)
      if (!reply.raw.writableFinished) call.abort.abort(new DOMException('the client went', 'AbortError'))
    })
  }

  ownedBy(request: FastifyRequest, caller: Caller): void {
    const call = this.#calls.get(request.raw)
    if (call !== undefined) call.owner = caller.id
  }

  signalOf(request: FastifyRequest): AbortSignal {
    return this.#calls.get(request.raw)?.abort.signal ?? AbortSignal.abort()
  }

  /** Ends every call made with this token, but for the one that asks for it. */
  endOf(owner: string, except: AbortSignal): void {
    for (const call of this.#calls.values()) {
      if (call.owner !== owner || call.abort.signal === except) continue
      call.abort.abort(new DOMException('its token was revoked', 'AbortError'))
      call.socket.destroy()
    }
  }

  /** Connections on which something is being answered. */
  sockets(): Set<Socket> {
    return new Set([...this.#calls.values()].map(({ socket }) => socket))
  }

  /** The head stops: long answers (events, waits, downloads) end now. */
  endAll(): void {
    for (const call of this.#calls.values()) call.abort.abort(new DOMException('the head stops', 'AbortError'))
  }
}
