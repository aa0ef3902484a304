// Keeps a session with the head for as long as the agent lives: dials, and after a loss dials again (first within 1 s,
// jitter, at most 5 s apart). What happens in a session goes to the handlers; the bearer and the outbox follow it.
import type { DistError } from '../../shared/base/errors.ts'
import { standardRetry } from '../../shared/net/retry-policy.ts'
import type { HeadFrame__Output } from '../../shared/wire/gen/dist/HeadFrame.ts'
import type { Hello } from '../../shared/wire/gen/dist/Hello.ts'
import type { Bearer } from './bearer.ts'
import type { Outbox } from './outbox.ts'
import { pauseBeforeRetry } from './pause.ts'
import { runSession } from './session.ts'

export interface ConnectionOptions {
  /** asked before each dial: HOST:PORT */
  readonly address: () => string
  readonly hello: (nonce: Buffer) => Hello
  readonly opened: () => void
  readonly closed: () => void
  readonly frame: (frame: HeadFrame__Output) => void
  /** when it fires the session is ended orderly and another one begun, with a new hello; asked before each dial */
  readonly renewal: () => AbortSignal
  readonly bearer: Bearer
  readonly outbox: Outbox
  readonly log: { info(message: string): void; warn(message: string): void }
}

/**
 * Resolves when `signal` fired and the last frames are out (or 3 s later), or with the error of a head that refuses
 * this node for good.
 */
export async function stayConnected(options: ConnectionOptions, signal: AbortSignal): Promise<DistError | null> {
  let tries = 0
  let told = ''
  while (!signal.aborted) {
    let opened = false
    const renewal = options.renewal()
    const address = options.address()
    const end = await runSession(
      address,
      {
        hello: options.hello,
        opened: (write) => {
          opened = true
          options.outbox.attach(write)
          options.opened()
        },
        welcome: (welcome) => {
          tries = 0
          told = ''
          options.bearer.lend(welcome.bearer)
          options.log.info(`connected to the head at ${address} as ${welcome.node_name}`)
        },
        frame: options.frame,
      },
      AbortSignal.any([signal, renewal]),
    )
    options.outbox.detach()
    options.bearer.takeBack()
    if (opened) options.closed()
    if (signal.aborted) break
    if (renewal.aborted) continue
    if (end.kind === 'rejected' && !end.retry) return end.error
    const reason = end.kind === 'rejected' ? end.error.message : end.reason
    if (reason !== told)
      options.log.warn(`no session with the head at ${address}: ${reason}; trying again every ${standardRetry.cap / 1000} s or sooner`)
    told = reason
    await pauseBeforeRetry(tries++, signal).catch(() => undefined)
  }
  return null
}
