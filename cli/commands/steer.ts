// `dist priority X N`, `dist hold X` and `dist release X`: which jobsets get nodes, and which first.
import { DistError } from '../../shared/base/errors.ts'
import type { Context } from '../context.ts'
import { eachTarget } from '../local/each-target.ts'
import type { Targets } from '../local/resolve-targets.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted } from '../render/labels.ts'

const [lowest, highest] = [-1000, 1000]

/** --json: the API's `setPriority` reply. */
export function priority(context: Context, text: string, wanted: string): Promise<number> {
  const value = Number(wanted)
  if (!/^[+-]?\d+$/.test(wanted.trim()) || value < lowest || value > highest) {
    throw new DistError('usage', `${wanted} is no priority`, { hint: `write a whole number from ${lowest} to ${highest}; 0 is usual` })
  }
  return eachTarget(context, text, async (target) => {
    const { jobset, label } = wholeJobset(target, 'a priority')
    const head = await context.head()
    const reply = await context.patiently('change', () => head.setPriority(jobset.id, value, context.signal))
    const was = jobset.priority === value ? ', as before' : `, it was ${jobset.priority}`
    context.print(`${label}: priority ${reply.priority}${was}`)
    return { code: exitCode.done, value: reply }
  })
}

/** Exit status 1 when a jobset has ended. --json: the API's `hold` reply. */
export function hold(context: Context, text: string): Promise<number> {
  return eachTarget(context, text, async (target) => {
    const { jobset, label } = wholeJobset(target, 'a hold')
    const head = await context.head()
    const reply = await context.patiently('change', () => head.hold(jobset.id, context.signal))
    if (reply.held) {
      context.print(`${label}: held, it gets no nodes; what runs goes on`)
      context.note(`let it go on with: dist release ${label}`)
    } else if (jobset.state === 'active') context.print(`${label}: held already, by ${jobset.held ?? 'somebody'}`)
    else context.warn(`${label}: ${jobset.state}, there is nothing to hold`)
    return { code: reply.held || jobset.state === 'active' ? exitCode.done : exitCode.failed, value: reply }
  })
}

/** --json: the API's `release` reply. */
export function release(context: Context, text: string): Promise<number> {
  return eachTarget(context, text, async ({ jobset, jobs, label }) => {
    const head = await context.head()
    const reply = await context.patiently('change', () => head.release(jobset.id, jobs, context.signal))
    const parts: string[] = []
    if (reply.lifted) parts.push('released')
    if (reply.released > 0) parts.push(`${counted(reply.released, 'job')} that waited to be tried again may start now`)
    context.print(`${label}: ${parts.length === 0 ? 'nothing of it was held back' : parts.join(', ')}`)
    return { code: exitCode.done, value: reply }
  })
}

/** Jobs run in the order of their file: only a jobset has these. */
function wholeJobset(target: Targets, what: string): Targets {
  if (target.jobs === null) return target
  const { namespace, batch } = target.jobset
  throw new DistError('usage', `${target.label} names a job; ${what} is of a whole jobset`, { hint: `write ${namespace}/${batch}` })
}
