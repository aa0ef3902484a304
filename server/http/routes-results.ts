// Routes of committed results: manifests page by page, many files as a tar, one file from any offset.
import { closeSync } from 'node:fs'
import { Breather } from '../../shared/base/breather.ts'
import { DistError } from '../../shared/base/errors.ts'
import { packTar } from '../../shared/files/tar-pack.ts'
import type { JobId, JobsetId } from '../../shared/model/ids.ts'
import type { ManifestEntry } from '../../shared/model/manifest.ts'
import { fileEntry } from '../results/result-reader.ts'
import { streamResult } from '../results/stream-result.ts'
import { tarResults, type WantedFile } from '../results/tar-results.ts'
import { type JobFacts, jobReads } from '../store/reads/jobs.ts'
import { resultPlaces } from '../store/reads/result-places.ts'
import type { Handlers, HttpContext } from './deps.ts'

interface CommittedFiles {
  readonly name: string
  readonly attempt: string
  readonly entries: ReadonlyMap<string, ManifestEntry>
}

export function resultHandlers({ head, reads, results }: HttpContext): Handlers<'results' | 'fetchFiles' | 'file'> {
  const jobs = jobReads(reads)
  const places = resultPlaces(reads)

  function findJob(id: JobId): JobFacts & { readonly committed: string } {
    const job = jobs.find(id)
    if (job === undefined) throw new DistError('not_found', `there is no job ${id}`)
    if (job.committed === null) throw new DistError('not_found', `the job ${job.name} has no committed result yet`, { hint: 'see: dist status' })
    return { ...job, committed: job.committed }
  }

  /** Opens each file once beforehand, so that what is wrong is told before the tar begins. */
  async function wantedFiles(jobset: JobsetId, files: readonly { readonly job: number; readonly path: string }[]): Promise<WantedFile[]> {
    const known = new Map<number, CommittedFiles>()
    const breather = new Breather()
    const wanted: WantedFile[] = []
    for (const { job: id, path } of files) {
      const job = known.get(id) ?? committedFiles(id as JobId, jobset)
      known.set(id, job)
      const entry = fileEntry(job.entries.get(path), path)
      const open = () => results.open(() => places.attempt(job.attempt), entry)
      closeSync(open().fd)
      wanted.push({ path: `${job.name}/${path}`, mode: entry.mode, open })
      if (breather.due) await breather.breathe()
    }
    return wanted
  }

  function committedFiles(id: JobId, jobset: JobsetId): CommittedFiles {
    const job = findJob(id)
    if (job.jobset !== jobset) throw new DistError('not_found', `job ${id} is not of this jobset`)
    const entries = new Map(places.attemptManifest(job.committed).map((entry) => [entry.path, entry]))
    return { name: job.name, attempt: job.committed, entries }
  }

  return {
    results({ params: { jobset }, query }) {
      head.jobset(jobset)
      const page = jobs.results(jobset, query)
      return { results: page.results.map((result) => ({ ...result, manifest: [...result.manifest] })), more: page.more }
    },

    async fetchFiles({ params: { jobset }, body }) {
      return { stream: packTar(tarResults(await wantedFiles(jobset, body.files))) }
    },

    file({ params, query: { offset } }) {
      const { committed } = findJob(params.job)
      const path = params['*']
      const entry = places.attemptManifest(committed).find((item) => item.path === path)
      const open = results.open(() => places.attempt(committed), fileEntry(entry, path))
      if (offset <= open.size) return streamResult(open, offset)
      closeSync(open.fd)
      throw new DistError('bad_offset', `the file has only ${open.size} bytes`, { ids: { have: open.size } })
    },
  }
}
