// Routes of output: of a job's committed (or asked-for) attempt, else what its running attempt sent so far; of a build.
import { closeSync } from 'node:fs'
import { DistError } from '../../shared/base/errors.ts'
import type { JobId } from '../../shared/model/ids.ts'
import type { Manifest } from '../../shared/model/manifest.ts'
import type { FileEntry } from '../results/result-reader.ts'
import { streamResult } from '../results/stream-result.ts'
import { type JobFacts, jobReads } from '../store/reads/jobs.ts'
import { type ResultPlace, resultPlaces } from '../store/reads/result-places.ts'
import type { Handlers, HttpContext, StreamReply } from './deps.ts'

/** Ours has this name when the job saved a file under the other one (node.md 5). */
const outputNames = ['stdout.dist.txt', 'stdout.txt'] as const

/** Reply header: is this all there will ever be (`final`), or what came so far (`live`)? */
const stateHeader = 'x-dist-output'

export function logHandlers({ reads, results, logs }: HttpContext): Handlers<'jobLog' | 'buildLog'> {
  const jobs = jobReads(reads)
  const places = resultPlaces(reads)

  function output(id: string, locate: () => ResultPlace | undefined, manifest: () => Manifest, offset: number): StreamReply {
    const place = locate()
    if (place === undefined || place.location.kind === 'none') {
      return { ...logs.read(id, offset), headers: { [stateHeader]: 'live' } }
    }
    const headers = { [stateHeader]: 'final' }
    const entry = outputEntry(manifest())
    // an attempt may end without having written anything that could be kept
    if (entry === undefined) return { ...logs.read(id, offset), headers }
    const open = results.open(locate, entry)
    if (offset <= open.size) return { ...streamResult(open, offset), headers }
    closeSync(open.fd)
    throw new DistError('bad_offset', `the output has only ${open.size} bytes`, { ids: { have: open.size } })
  }

  function attemptOf(job: JobFacts, number: number | undefined): string | undefined {
    if (number === undefined) return job.committed ?? job.attempt ?? jobs.lastAttempt(job.id)
    const attempt = jobs.attemptByNumber(job.id, number)
    if (attempt === undefined) throw new DistError('not_found', `the job ${job.name} has no attempt ${number}`)
    return attempt
  }

  return {
    jobLog({ params, query: { offset, attempt: number } }) {
      const job = jobs.find(params.job as JobId)
      if (job === undefined) throw new DistError('not_found', `there is no job ${params.job}`)
      const attempt = attemptOf(job, number)
      if (attempt === undefined) throw new DistError('not_found', `the job ${job.name} has not started yet`, { hint: 'see: dist status' })
      return output(attempt, () => places.attempt(attempt), () => places.attemptManifest(attempt), offset)
    },

    buildLog({ params: { attempt }, query: { offset } }) {
      const locate = () => places.build(attempt)
      if (locate() === undefined) throw new DistError('not_found', `there is no build ${attempt}`)
      return output(attempt, locate, () => places.buildManifest(attempt), offset)
    },
  }
}

function outputEntry(manifest: Manifest): FileEntry | undefined {
  for (const name of outputNames) for (const entry of manifest) if (entry.kind === 'file' && entry.path === name) return entry
  return undefined
}
