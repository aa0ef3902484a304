// `dist kill X`: cancels a jobset or one job of it, and tells which nodes have not stopped it yet.
import type { Context } from '../context.ts'
import { resolveJob, resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'

/** Exit status 1 when a node has not confirmed. --json: the API's `kill` reply. */
export async function kill(context: Context, text: string): Promise<number> {
  const target = await resolveTarget(context, 'change', text, 'either')
  if (target.job !== null) await resolveJob(context, 'change', target)
  const head = await context.head()
  const names = target.job === null ? null : [target.job]
  const reply = await context.patiently('change', () => head.kill(target.jobset.id, names, context.signal))
  context.value(reply)
  const label = target.job === null ? jobsetLabel(target.jobset) : `${jobsetLabel(target.jobset)}/${target.job}`
  context.print(reply.cancelled === 0 ? `${label}: nothing was left to cancel` : `${label}: ${counted(reply.cancelled, 'job')} cancelled`)
  if (reply.confirmed.length > 0) context.print(`nothing of it runs any more on ${reply.confirmed.join(', ')}`)
  if (reply.waiting.length === 0) return exitCode.done
  context.warn(
    `no confirmation yet from ${reply.waiting.join(', ')}`,
    'the order is kept and reaches them when they connect; `dist nodes` shows their state',
  )
  return exitCode.failed
}
