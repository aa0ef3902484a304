// Routes of committed results: manifests page by page, many files as a tar, one file from any offset.
import { DistError } from '../../shared/base/errors.ts'
import type { JobId } from '../../shared/model/ids.ts'
import type { JobFacts } from '../ports/job-reads.ts'
import type { Handlers, HttpContext } from './deps.ts'

type Committed = JobFacts & { readonly committed: string }

export function resultHandlers({ head, reads: { jobs }, results }: HttpContext): Handlers<'results' | 'fetchFiles' | 'file'> {
  function findJob(id: JobId): Committed {
    const job = jobs.find(id)
    if (job === undefined) throw new DistError('not_found', `there is no job ${id}`)
    const { committed } = job
    if (committed === null)
      throw new DistError('not_found', `the job ${job.name} has no committed result yet`, { hint: 'see: dist status' })
    return { ...job, committed }
  }

  return {
    results({ params: { jobset }, query }) {
      head.jobset(jobset)
      const page = jobs.results(jobset, query)
      return { results: page.results.map((result) => ({ ...result, manifest: [...result.manifest] })), more: page.more }
    },

    async fetchFiles({ params: { jobset }, body }) {
      const known = new Map<number, Committed>()
      const wanted = body.files.map(({ job: id, path }) => {
        const job = known.get(id) ?? findJob(id as JobId)
        known.set(id, job)
        if (job.jobset !== jobset) throw new DistError('not_found', `job ${id} is not of this jobset`)
        return { attempt: job.committed, path, name: `${job.name}/${path}` }
      })
      return { stream: await results.tar(wanted) }
    },

    file: ({ params, query: { offset } }) => results.file(findJob(params.job).committed, params['*'], offset),
  }
}
