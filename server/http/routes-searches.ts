// Routes of searches. Everybody looks; an owner steers theirs, an administrator all of them.
import type { JobsetId } from '../../shared/model/ids.ts'
import type { Caller } from '../ports/identities.ts'
import type { Handlers, HttpContext } from './deps.ts'
import { assertOwner } from './ownership.ts'

type Names = 'search' | 'trials' | 'searchSpace' | 'extendSearch' | 'stopSearch' | 'retryTrials'

export function searchHandlers({ head, searches }: HttpContext): Handlers<Names> {
  const own = (caller: Caller, id: JobsetId): void => {
    const { owner, namespace, batch } = head.jobset(id)
    assertOwner(caller, owner, `${namespace}/${batch}`)
  }
  return {
    search: ({ params: { jobset } }) => searches.search(jobset),
    trials: ({ params: { jobset }, query }) => searches.trials(jobset, query),
    searchSpace: ({ params: { jobset } }) => ({
      params: searches.space(jobset).map(({ name, domain }) => ({ name, domain: { ...domain } })),
    }),
    async extendSearch({ params: { jobset }, body: { samples }, caller }) {
      own(caller, jobset)
      await searches.extend(jobset, samples, caller.name)
      return searches.search(jobset)
    },
    async stopSearch({ params: { jobset }, body: { cancel }, caller }) {
      own(caller, jobset)
      await searches.stop(jobset, cancel, caller.name)
      return searches.search(jobset)
    },
    async retryTrials({ params: { jobset }, caller }) {
      own(caller, jobset)
      return { trials: await searches.retry(jobset, caller.name) }
    },
  }
}
