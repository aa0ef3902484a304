// Routes of results and of other attempts' files: manifests page by page, many files as a parcel, one file from any offset.
import { DistError } from '../../shared/base/errors.ts'
import type { JobId } from '../../shared/model/ids.ts'
import type { JobFacts } from '../ports/job-reads.ts'
import type { Handlers, HttpContext } from './deps.ts'

type Committed = JobFacts & { readonly committed: string }

type Names = 'results' | 'keptAttempts' | 'fetchFiles' | 'file'

export function resultHandlers({ head, reads: { jobs, events }, results }: HttpContext): Handlers<Names> {
  function findJob(id: JobId): Committed {
    const job = jobs.find(id)
    if (job === undefined) throw new DistError('not_found', `there is no job ${id}`)
    const { committed } = job
    if (committed === null)
      throw new DistError('not_found', `the job ${job.name} has no committed result yet`, { hint: 'see: dist status' })
    return { ...job, committed }
  }

  /** The job's result, or the attempt of it that was asked for. */
  function attemptOf(id: JobId, attempt: string | undefined): string {
    if (attempt === undefined) return findJob(id).committed
    if (!jobs.isAttempt(id, attempt)) throw new DistError('not_found', `the job ${id} has no attempt ${attempt}`)
    return attempt
  }

  return {
    results({ params: { jobset }, query: { since, ...page } }) {
      head.jobset(jobset)
      // before the rows: what is committed meanwhile may come twice, but is never passed over
      const { oldest, newest } = events.bounds()
      // of what happened before the oldest event nothing is known: then all of it
      const known = since !== undefined && since >= oldest - 1 && since <= newest
      const found = jobs.results(jobset, { ...page, since: known ? since : null })
      return { results: found.results.map((result) => ({ ...result, manifest: [...result.manifest] })), more: found.more, at: newest }
    },

    keptAttempts({ params: { jobset }, query }) {
      head.jobset(jobset)
      const { attempts, more } = jobs.keptAttempts(jobset, query)
      return { attempts: attempts.map((attempt) => ({ ...attempt, manifest: [...attempt.manifest] })), more }
    },

    fetchFiles({ params: { jobset }, body }) {
      const known = new Map<number, JobFacts>()
      const wanted = body.files.map(({ job: id, path, attempt }) => {
        const job = known.get(id) ?? jobs.find(id as JobId)
        if (job === undefined || job.jobset !== jobset) throw new DistError('not_found', `job ${id} is not of this jobset`)
        known.set(id, job)
        return { attempt: attempt === undefined && job.committed !== null ? job.committed : attemptOf(job.id, attempt), path }
      })
      return { stream: results.parcel(wanted) }
    },

    file: ({ params, query: { offset, attempt } }) => results.file(attemptOf(params.job, attempt), params['*'], offset),
  }
}
