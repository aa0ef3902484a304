// `dist kill X`: cancels jobsets or jobs, and tells which nodes have not stopped them yet.
import type { Context } from '../context.ts'
import { eachTarget } from '../local/each-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted } from '../render/labels.ts'

/** Exit status 1 when a node has not confirmed. --json: the API's `kill` reply. */
export function kill(context: Context, text: string): Promise<number> {
  return eachTarget(context, text, async ({ jobset, jobs, label }) => {
    const head = await context.head()
    const reply = await context.patiently('change', () => head.kill(jobset.id, jobs, context.signal))
    context.print(reply.cancelled === 0 ? `${label}: nothing was left to cancel` : `${label}: ${counted(reply.cancelled, 'job')} cancelled`)
    if (reply.confirmed.length > 0) context.print(`nothing of it runs any more on ${reply.confirmed.join(', ')}`)
    if (reply.waiting.length === 0) return { code: exitCode.done, value: reply }
    context.warn(
      `no confirmation yet from ${reply.waiting.join(', ')}`,
      'the order is kept and reaches them when they connect; `dist nodes` shows their state',
    )
    return { code: exitCode.failed, value: reply }
  })
}
