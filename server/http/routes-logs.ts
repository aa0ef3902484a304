// Routes of output: of a job's committed (or asked-for) attempt, else what its running attempt sent so far; of a build.
// With `wait` a reply is held until there is something to tell, so that a follower sees output when it comes.
import { Readable } from 'node:stream'
import { DistError } from '../../shared/base/errors.ts'
import type { JobFacts } from '../ports/job-reads.ts'
import type { OutputPiece } from '../ports/results.ts'
import type { Handlers, HttpContext, StreamReply } from './deps.ts'

/** ms between looks for what nothing announces: the start of an attempt, or an end without a result. */
const pace = 250

interface Found extends OutputPiece {
  readonly state: 'final' | 'live' | 'waiting'
  /** attempt or build */
  readonly id: string
}

interface AttemptQuery {
  readonly attempt?: number | undefined
  readonly id?: string | undefined
}

export function logHandlers({ reads: { jobs }, results, clock }: HttpContext): Handlers<'jobLog' | 'buildLog'> {
  function jobOutput(jobId: JobFacts['id'], query: AttemptQuery, offset: number, waits: boolean): Found {
    const job = jobs.find(jobId)
    if (job === undefined) throw new DistError('not_found', `there is no job ${jobId}`)
    const id = attemptOf(job, query)
    if (id === undefined) {
      if (waits) return { ...nothing(offset), state: 'waiting', id: '' }
      throw noAttempt(job, query)
    }
    const piece = results.output('attempt', id, offset)
    // an attempt that was lost or handed back is no longer the job's, and nothing of it will come
    return { ...piece, state: piece.final || (job.attempt !== id && job.committed !== id) ? 'final' : 'live', id }
  }

  function attemptOf(job: JobFacts, { attempt, id }: AttemptQuery): string | undefined {
    if (id !== undefined) return jobs.isAttempt(job.id, id) ? id : undefined
    if (attempt !== undefined) return jobs.attemptByNumber(job.id, attempt)
    return job.committed ?? job.attempt ?? jobs.lastAttempt(job.id)
  }

  async function answer(look: () => Found, wait: number, signal: AbortSignal): Promise<StreamReply> {
    const until = clock.monotonic() + wait * 1000
    for (;;) {
      const found = look()
      const left = until - clock.monotonic()
      if (found.length > 0 || found.state === 'final' || left <= 0) return reply(found)
      found.stream.destroy()
      await results.outputChanged(found.id, Math.min(left, pace), signal)
    }
  }

  return {
    jobLog({ params, query: { offset, wait, ...which }, signal }) {
      return answer(() => jobOutput(params.job, which, offset, wait > 0), wait, signal)
    },

    buildLog({ params: { attempt: id }, query: { offset, wait }, signal }) {
      const look = (): Found => {
        const piece = results.output('build', id, offset)
        return { ...piece, state: piece.final ? 'final' : 'live', id }
      }
      return answer(look, wait, signal)
    },
  }
}

function reply({ stream, length, from, size, state, id }: Found): StreamReply {
  const headers = { 'x-dist-output': state, 'x-dist-from': String(from), 'x-dist-size': String(size), 'x-dist-attempt': id }
  return { stream, length, headers }
}

function nothing(offset: number): OutputPiece {
  return { stream: Readable.from([]), length: 0, from: offset, size: 0 }
}

function noAttempt(job: JobFacts, { attempt, id }: AttemptQuery): DistError {
  const what = attempt === undefined && id === undefined ? 'has not started yet' : `has no attempt ${attempt ?? id}`
  return new DistError('not_found', `the job ${job.name} ${what}`, { hint: 'see: dist status' })
}
