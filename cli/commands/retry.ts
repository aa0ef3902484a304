// `dist retry X`: opens the next generation of jobs that ended badly. `dist resume X`: only of those without any result,
// such as jobs that were cancelled, skipped or never built.
import type { Context } from '../context.ts'
import { eachTarget } from '../local/each-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'

/** Exit status 1 when there was nothing to retry. --json: the API's `retry` reply. */
export function retry(context: Context, text: string): Promise<number> {
  return again(context, text, false, 'nothing of it ended badly')
}

/** The same, where nothing to do is a success: everything has its result, or is on its way. */
export function resume(context: Context, text: string): Promise<number> {
  return again(context, text, true, 'every job has a result or is still to come')
}

function again(context: Context, text: string, unfinished: boolean, nothing: string): Promise<number> {
  return eachTarget(context, text, async ({ jobset, jobs, label }) => {
    const head = await context.head()
    const reply = await context.patiently('change', () => head.retry(jobset.id, jobs, context.signal, unfinished))
    if (reply.retried > 0) {
      context.print(`${label}: ${counted(reply.retried, 'job')} will run again`)
      if (jobset.held === null) context.note(`follow it with: dist wait ${jobsetLabel(jobset)}`)
      else context.note(`it is held by ${jobset.held}: dist release ${jobsetLabel(jobset)}`)
      return { code: exitCode.done, value: reply }
    }
    if (unfinished) {
      context.print(`${label}: ${nothing}`)
      return { code: exitCode.done, value: reply }
    }
    context.warn(`${label}: ${nothing}`, 'jobs that succeeded are never run again; dist jobs shows their states')
    return { code: exitCode.failed, value: reply }
  })
}
