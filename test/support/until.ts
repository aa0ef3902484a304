// Waiting for something that cannot announce itself (a process that ends, a row that appears), with a deadline.
import { setTimeout as pause } from 'node:timers/promises'

export interface UntilOptions {
  /** ms, default 20 s */
  readonly within?: number
  /** ms between looks, default 20 */
  readonly every?: number
  /** what to say beside `what` when the deadline passes */
  readonly report?: () => string
}

/** Looks again and again until `look` gives something other than undefined, null or false. Throws at the deadline. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const within = options.within ?? 20_000
  const deadline = performance.now() + within
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== null && seen !== false) return seen as Exclude<T, undefined | null | false>
    if (performance.now() > deadline) throw new Error(`waited ${within} ms in vain: ${what}\n${options.report?.() ?? ''}`)
    await pause(options.every ?? 20)
  }
}
