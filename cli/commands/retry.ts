// `dist retry X`: opens the next generation of a jobset's jobs that ended badly, or of one of them.
import type { Context } from '../context.ts'
import { resolveJob, resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'

/** Exit status 1 when there was nothing to retry. --json: the API's `retry` reply. */
export async function retry(context: Context, text: string): Promise<number> {
  const target = await resolveTarget(context, 'change', text, 'either')
  if (target.job !== null) await resolveJob(context, 'change', target)
  const head = await context.head()
  const names = target.job === null ? null : [target.job]
  const reply = await context.patiently('change', () => head.retry(target.jobset.id, names, context.signal))
  context.value(reply)
  const label = target.job === null ? jobsetLabel(target.jobset) : `${jobsetLabel(target.jobset)}/${target.job}`
  if (reply.retried === 0) {
    context.warn(`${label}: nothing of it ended badly`, 'jobs that succeeded are never run again; dist jobs shows their states')
    return exitCode.failed
  }
  context.print(`${label}: ${counted(reply.retried, 'job')} will run again`)
  context.note(`follow it with: dist wait ${jobsetLabel(target.jobset)}`)
  return exitCode.done
}
