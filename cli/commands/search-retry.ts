// `dist search retry X`: trials without a result run again.
import type { Context } from '../context.ts'
import { resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'

/** Exit status 1 when there was nothing to retry. --json: the API's `retryTrials` reply. */
export async function retrySearch(context: Context, text: string): Promise<number> {
  const { jobset } = await resolveTarget(context, 'change', text, 'jobset')
  const { searches } = await context.head()
  const reply = await context.patiently('change', () => searches.retry(jobset.id, context.signal))
  context.value(reply)
  const label = jobsetLabel(jobset)
  if (reply.trials > 0) {
    context.print(`${label}: ${counted(reply.trials, 'trial')} will run again`)
    context.note(context.err.dim(`follow it with: dist results ${label} --watch`))
    return exitCode.done
  }
  context.warn(`${label}: no trial ended without a result`, 'trials that reported are never run again; dist results shows their states')
  return exitCode.failed
}
