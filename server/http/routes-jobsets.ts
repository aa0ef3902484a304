// Routes that look at jobsets and stop them. Live state comes from the head's core, not from the store.
import { DistError } from '../../shared/base/errors.ts'
import type { Handlers, HttpContext } from './deps.ts'
import { assertOwner } from './ownership.ts'

/** How long `kill` waits for nodes to confirm (durability.md 10). */
const killWaitMs = 15_000

type Names = 'jobset' | 'findJobsets' | 'jobs' | 'builds' | 'wait' | 'kill' | 'retry'

export function jobsetHandlers({ head, searches }: HttpContext): Handlers<Names> {
  return {
    jobset: ({ params }) => head.jobset(params.jobset),
    findJobsets: ({ query }) => ({ jobsets: head.findJobsets({ ...query, versions: query.versions === 'true' }) }),
    jobs: ({ params, query }) => head.jobs(params.jobset, query),
    builds: ({ params }) => ({ builds: head.builds(params.jobset) }),
    wait: ({ params, query, signal }) => head.waitJobset(params.jobset, query.after, query.seconds * 1000, signal),

    kill({ params, body, caller, signal }) {
      const { owner, namespace, batch } = head.jobset(params.jobset)
      assertOwner(caller, owner, `${namespace}/${batch}`)
      return head.kill(params.jobset, body.jobs, caller.name, killWaitMs, signal)
    },

    async retry({ params, body, caller }) {
      const { owner, namespace, batch } = head.jobset(params.jobset)
      assertOwner(caller, owner, `${namespace}/${batch}`)
      if (searches.has(params.jobset)) {
        assertNoNames(body.jobs)
        return { jobset: params.jobset, retried: await searches.retry(params.jobset, caller.name) }
      }
      return { jobset: params.jobset, retried: await head.retry(params.jobset, body.jobs, caller.name, body.unfinished) }
    },
  }
}

function assertNoNames(jobs: readonly string[] | null): void {
  if (jobs === null) return
  throw new DistError('bad_request', 'the trials of a search run again together, those that ended without a result', {
    hint: 'name the jobset alone',
  })
}
