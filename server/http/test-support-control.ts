// ControlPort without a core, for tests of the routes: the rows only.

import { DistError } from '../../shared/base/errors.ts'
import type { NodeId } from '../../shared/model/ids.ts'
import type { ControlPort } from '../ports/control.ts'
import type { Store } from '../ports/store.ts'

export function rowsControl(store: Store): ControlPort {
  return {
    prioritise: async (jobset, priority, by) => void (await store.run('prioritise', { jobset, priority, by })),
    hold: (jobset, by) => store.run('hold', { jobset, by }),
    async release(jobset, jobs, by) {
      const reply = await store.run('release', { jobset, jobs, by })
      return { lifted: reply.lifted, jobs: reply.jobs.length }
    },
    node(text) {
      if (text === 'nobody') throw new DistError('not_found', 'there is no such node')
      return text as NodeId
    },
    async pauseNode(node, seconds, by) {
      const until = seconds === null ? null : 5e12
      await store.run('pauseNode', { node, by, until })
      return until
    },
    resumeNode: (node, by) => store.run('resumeNode', { node, by }),
    clearNode: async (node, by) => (await store.run('clearNode', { node, by })).length,
  }
}
