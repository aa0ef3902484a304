// draft -> active jobset with all its jobs ready, or more jobs of one that is there, in one transaction. Repeating it gives
// the same answer. Measured on 2 cores: 10 000 jobs with a file each 45 ms, 100 000 jobs 1.1 s.
import { DistError } from '../../../shared/base/errors.ts'
import type { JobsetId } from '../../../shared/model/ids.ts'
import type { SubmitCounts } from '../../../shared/model/submission.ts'
import type { CommitDraft } from '../../ports/head.ts'
import { readJobsetSpec } from '../../ports/spec-json.ts'
import { transition } from '../transition.ts'
import { type Extension, extendJobset } from './extend-jobset.ts'
import { jobsetThere } from './jobset-there.ts'
import { newJobset } from './new-jobset.ts'
import { ownDraft } from './own-draft.ts'

export interface CommittedDraft {
  readonly jobset: JobsetId
  /** false: an earlier call did it */
  readonly fresh: boolean
  readonly counts: SubmitCounts
  /** what the core has to hear when jobs joined a jobset; null = it is new, or an earlier call did it */
  readonly extension: Extension | null
}

export const commitDraft = transition<CommitDraft, CommittedDraft>((db) => {
  const done = db.prepare<[string], SubmitCounts & { jobset: number; owner: string }>(
    'SELECT jobset, owner, kind, added, changed, unchanged FROM submission WHERE request_id = ?',
  )
  const find = ownDraft(db)
  const there = jobsetThere(db)
  const jobCount = db.prepare<[string], number>('SELECT count(*) FROM draft_job WHERE draft = ?').pluck()
  const missing = db
    .prepare<[string], number>(
      'SELECT count(*) FROM draft_blob d WHERE d.draft = ? AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = d.sha256)',
    )
    .pluck()
  const specOf = db.prepare<[string], string>('SELECT spec FROM draft WHERE id = ?').pluck()
  const make = newJobset(db)
  const extend = extendJobset(db)
  const blobs = db.prepare(
    'INSERT OR IGNORE INTO jobset_blob (jobset, sha256) SELECT ?, sha256 FROM draft_blob WHERE draft = ? ORDER BY sha256',
  )
  const submission = db.prepare(
    `INSERT INTO submission (request_id, jobset, owner, at, kind, added, changed, unchanged, provenance, text)
     SELECT id, ?, owner, ?, ?, ?, ?, ?, provenance, CASE WHEN ? THEN text END FROM draft WHERE id = ?`,
  )
  const clear = ['draft_job WHERE draft', 'draft_blob WHERE draft', 'draft WHERE id'].map((where) => db.prepare(`DELETE FROM ${where} = ?`))
  return ({ draft, by, uid }, context) => {
    const earlier = done.get(draft)
    if (earlier !== undefined) {
      const { jobset, owner, ...counts } = earlier
      if (by !== null && owner !== by) throw new DistError('forbidden', `that jobset is of ${owner}`)
      return { jobset: jobset as JobsetId, fresh: false, counts, extension: null }
    }
    const head = find(draft, by)
    const spec = readJobsetSpec(specOf.get(draft) ?? '{}')
    const old = there(head.mode, spec, by)
    const here = jobCount.get(draft) ?? 0
    if (here !== head.job_count) {
      throw new DistError('incomplete', `${here} of ${head.job_count} jobs of the draft are here`, { hint: 'send its jobs again' })
    }
    const lacking = missing.get(draft) ?? 0
    if (lacking > 0)
      throw new DistError('incomplete', `${lacking} contents of the draft are missing`, { hint: 'ask for `missing` and send them' })
    const made =
      old === null
        ? { ...make({ draft, head, spec, uid }, context), extension: null }
        : { jobset: old.id, ...extend({ draft, spec, there: old, mode: head.mode, by: head.owner }, context) }
    const { jobset, counts, extension } = made
    blobs.run(jobset, draft)
    submission.run(jobset, context.now, counts.kind, counts.added, counts.changed, counts.unchanged, old === null ? 0 : 1, draft)
    for (const statement of clear) statement.run(draft)
    return { jobset: jobset as JobsetId, fresh: true, counts, extension }
  }
})
