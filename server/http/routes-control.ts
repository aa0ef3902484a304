// Routes that steer what is at work. An owner steers their jobsets, an administrator all of them, and the nodes.
import { DistError } from '../../shared/base/errors.ts'
import type { JobsetId } from '../../shared/model/ids.ts'
import type { Caller } from '../ports/identities.ts'
import type { Handlers, HttpContext } from './deps.ts'
import { assertOwner } from './ownership.ts'

type Names = 'setPriority' | 'hold' | 'release' | 'pauseNode' | 'resumeNode' | 'clearNode' | 'attempts'

export function controlHandlers({ head, control, reads }: HttpContext): Handlers<Names> {
  const own = (caller: Caller, id: JobsetId): void => {
    const { owner, namespace, batch } = head.jobset(id)
    assertOwner(caller, owner, `${namespace}/${batch}`)
  }
  return {
    async setPriority({ params: { jobset }, body: { priority }, caller }) {
      own(caller, jobset)
      await control.prioritise(jobset, priority, caller.name)
      return { jobset, priority }
    },
    async hold({ params: { jobset }, caller }) {
      own(caller, jobset)
      return { jobset, held: await control.hold(jobset, caller.name) }
    },
    async release({ params: { jobset }, body, caller }) {
      own(caller, jobset)
      const { lifted, jobs } = await control.release(jobset, body.jobs, caller.name)
      return { jobset, lifted, released: jobs }
    },
    async pauseNode({ params, body: { seconds }, caller }) {
      const node = control.node(params.id)
      return { node, until: await control.pauseNode(node, seconds, caller.name) }
    },
    async resumeNode({ params, caller }) {
      const node = control.node(params.id)
      return { node, resumed: await control.resumeNode(node, caller.name) }
    },
    async clearNode({ params, caller }) {
      const node = control.node(params.id)
      return { node, cleared: await control.clearNode(node, caller.name) }
    },
    attempts({ params: { job } }) {
      if (reads.jobs.find(job) === undefined) throw new DistError('not_found', `there is no job ${job}`)
      return { attempts: reads.attempts.ofJob(job) }
    },
  }
}
