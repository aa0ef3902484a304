// Says what is there when a namespace/batch is taken: state, progress, who and when.
import type { JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { JobsetId } from '../../shared/model/ids.ts'
import { jobStates } from '../../shared/model/job.ts'
import type { HeadPort } from '../ports/head.ts'

/** Runs `work`; an `exists` of the store comes out with the facts of that jobset. */
export async function tellingWhatExists<T>(head: HeadPort, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const id = error instanceof DistError && error.code === 'exists' ? error.ids['jobset'] : undefined
    if (typeof id !== 'number') throw error
    throw knownTo(head, id as JobsetId) ?? error
  }
}

/** Null in the moment between a commit and the core's hearing of it. */
function knownTo(head: HeadPort, id: JobsetId): DistError | null {
  try {
    return existsError(head.jobset(id))
  } catch {
    return null
  }
}

export function existsError(there: JobsetReply): DistError {
  const name = `${there.namespace}/${there.batch}`
  const counts = jobStates.flatMap((state) => (there.counts[state] > 0 ? [`${there.counts[state]} ${state}`] : []))
  const jobs = `${there.jobs} ${there.jobs === 1 ? 'job' : 'jobs'}`
  const when = new Date(there.submittedAt).toISOString().replace(/\.\d+Z$/, 'Z')
  const message = `${name} is here already: ${there.state}, ${jobs} (${counts.join(', ')}), submitted by ${there.owner} at ${when}`
  return new DistError('exists', message, {
    hint: 'give the jobset another batch_name; nothing of what is there is overwritten',
    ids: {
      jobset: there.id,
      namespace: there.namespace,
      batch: there.batch,
      state: there.state,
      owner: there.owner,
      submittedAt: there.submittedAt,
    },
  })
}
