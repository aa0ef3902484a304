// `dist node pause`, `resume`, `clear` and `drain`: whether a node gets work.
import { parseDuration } from '../../shared/text/duration.ts'
import type { Context } from '../context.ts'
import { eachNode } from '../local/resolve-nodes.ts'
import { counted } from '../render/labels.ts'
import { moment } from '../render/local-time.ts'

/** --json: the API's `pauseNode` reply. */
export function pauseNode(context: Context, text: string, options: { readonly for?: string }): Promise<number> {
  const seconds = options.for === undefined ? null : Math.max(1, parseDuration(options.for) / 1000)
  return eachNode(context, text, async ({ id, name, running }) => {
    const head = await context.head()
    const reply = await context.patiently('change', () => head.pauseNode(id, seconds, context.signal))
    const until = reply.until === null ? '' : ` until ${moment(reply.until, context.now(), context.io.env)}`
    const rest = running === 0 ? '' : `; ${counted(running, 'job')} there ${running === 1 ? 'goes' : 'go'} on`
    context.print(`${name}: gets no new work${until}${rest}`)
    if (reply.until === null) context.note(`give it work again with: dist node resume ${name}`)
    return reply
  })
}

/** --json: the API's `resumeNode` reply. */
export function resumeNode(context: Context, text: string): Promise<number> {
  return eachNode(context, text, async ({ id, name }) => {
    const head = await context.head()
    const reply = await context.patiently('change', () => head.resumeNode(id, context.signal))
    context.print(`${name}: ${reply.resumed ? 'gets work again' : 'was not paused'}`)
    return reply
  })
}

/** --json: the API's `clearNode` reply. */
export function clearNode(context: Context, text: string): Promise<number> {
  return eachNode(context, text, async ({ id, name }) => {
    const head = await context.head()
    const reply = await context.patiently('change', () => head.clearNode(id, context.signal))
    const again = `${counted(reply.cleared, 'jobset')} whose build failed there may be built again`
    context.print(`${name}: ${reply.cleared === 0 ? 'nothing stood against it' : again}`)
    return reply
  })
}

/** --json: the API's reply `{ok}`. */
export function drainNode(context: Context, text: string, options: { readonly timeout?: string }): Promise<number> {
  const seconds = options.timeout === undefined ? null : parseDuration(options.timeout) / 1000
  return eachNode(context, text, async ({ id, name }) => {
    const head = await context.head()
    const reply = await context.patiently('change', () => head.drainNode(id, seconds, context.signal))
    context.print(`${name} finishes what it runs and leaves${seconds === null ? '' : `, at the latest in ${options.timeout}`}`)
    return reply
  })
}
