// Routes of output: of a job's committed (or asked-for) attempt, else what its running attempt sent so far; of a build.
import { DistError } from '../../shared/base/errors.ts'
import type { JobFacts } from '../ports/job-reads.ts'
import type { Handlers, HttpContext, StreamReply } from './deps.ts'

/** Reply header: `final` = this is all there will ever be, `live` = what came so far. */
const stateHeader = 'x-dist-output'

export function logHandlers({ reads: { jobs }, results }: HttpContext): Handlers<'jobLog' | 'buildLog'> {
  function output(kind: 'attempt' | 'build', id: string, offset: number): StreamReply {
    const { stream, length, final } = results.output(kind, id, offset)
    return { stream, length, headers: { [stateHeader]: final ? 'final' : 'live' } }
  }

  function attemptOf(job: JobFacts, number: number | undefined): string {
    const attempt = number === undefined ? (job.committed ?? job.attempt ?? jobs.lastAttempt(job.id)) : jobs.attemptByNumber(job.id, number)
    if (attempt !== undefined) return attempt
    throw new DistError('not_found', `the job ${job.name} ${number === undefined ? 'has not started yet' : `has no attempt ${number}`}`, {
      hint: 'see: dist status',
    })
  }

  return {
    jobLog({ params, query: { offset, attempt: number } }) {
      const job = jobs.find(params.job)
      if (job === undefined) throw new DistError('not_found', `there is no job ${params.job}`)
      return output('attempt', attemptOf(job, number), offset)
    },

    buildLog: ({ params, query }) => output('build', params.attempt, query.offset),
  }
}
