// `dist node drain NODE`: the node finishes what it runs, takes nothing new, and its agent leaves.
import { parseDuration } from '../../shared/text/duration.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'

/** --json: the API's reply `{ok}`. */
export async function drainNode(context: Context, name: string, options: { readonly timeout?: string }): Promise<number> {
  const seconds = options.timeout === undefined ? null : parseDuration(options.timeout) / 1000
  const head = await context.head()
  const reply = await context.patiently('change', () => head.drainNode(name, seconds, context.signal))
  context.value(reply)
  context.print(`${name} finishes what it runs and leaves${seconds === null ? '' : `, at the latest in ${options.timeout}`}`)
  return exitCode.done
}
