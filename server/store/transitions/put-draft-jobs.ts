// One slice of a draft's jobs, in file order. The slice that begins at 0 replaces what was there; the others must follow
// each other. Slices keep the writer free for other commits in between: 2000 jobs take about 10 ms.
import { DistError } from '../../../shared/base/errors.ts'
import type { JobsetSpec } from '../../../shared/model/jobset.ts'
import { transition } from '../transition.ts'
import { specBlobs } from './create-draft.ts'
import { draftBlobs, type NamedBlob } from './draft-blobs.ts'
import { ownDraft } from './own-draft.ts'

export interface PutDraftJobs {
  readonly draft: string
  /** null = an administrator */
  readonly by: string | null
  /** index of the first job of this slice */
  readonly first: number
  /** `spec`: JSON of a JobSpec; `demand`: JSON of its own demand, null = its jobset's */
  readonly jobs: readonly { readonly name: string; readonly spec: string; readonly demand: string | null }[]
  readonly blobs: readonly NamedBlob[]
}

export const putDraftJobs = transition<PutDraftJobs, void>((db) => {
  const find = ownDraft(db)
  const specOf = db.prepare<[string], string>('SELECT spec FROM draft WHERE id = ?').pluck()
  const next = db.prepare<[string], number>('SELECT coalesce(max(idx) + 1, 0) FROM draft_job WHERE draft = ?').pluck()
  const clearJobs = db.prepare('DELETE FROM draft_job WHERE draft = ?')
  const clearBlobs = db.prepare('DELETE FROM draft_blob WHERE draft = ?')
  const insert = db.prepare('INSERT INTO draft_job (draft, idx, name, spec, demand) VALUES (?, ?, ?, ?, ?)')
  const addBlobs = draftBlobs(db)
  return ({ draft, by, first, jobs, blobs }) => {
    const row = find(draft, by)
    if (first === 0 && next.get(draft) !== 0) {
      clearJobs.run(draft)
      clearBlobs.run(draft)
      addBlobs(draft, specBlobs(JSON.parse(specOf.get(draft) ?? 'null') as JobsetSpec))
    }
    const expected = next.get(draft)
    if (first !== expected) {
      throw new DistError('incomplete', `the jobs of draft ${draft} came out of order: ${first} after ${expected}`, {
        hint: 'send all jobs again',
      })
    }
    if (first + jobs.length > row.job_count) {
      throw new DistError('bad_request', `the draft was opened for ${row.job_count} jobs, more came`)
    }
    let index = first
    for (const job of jobs) insert.run(draft, index++, job.name, job.spec, job.demand)
    addBlobs(draft, blobs)
  }
})
