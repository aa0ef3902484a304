// The rows of a jobset that was not there before. Called by commit-draft.
import type Database from 'better-sqlite3'
import type { JobsetSpec } from '../../../shared/model/jobset.ts'
import type { SubmitCounts } from '../../../shared/model/submission.ts'
import { trialCount } from '../../../shared/search/trial-count.ts'
import type { WriterContext } from '../transition.ts'
import { demandClasses } from './demand-classes.ts'
import { jobBlock } from './job-block.ts'
import { newestVersion } from './jobset-there.ts'
import { newSearch } from './new-search.ts'
import type { DraftHead } from './own-draft.ts'
import { submitOrder } from './submit-order.ts'

export interface NewJobset {
  readonly draft: string
  readonly head: DraftHead
  readonly spec: JobsetSpec
  /** random name, 16 hex digits */
  readonly uid: string
}

/** Makes it active with all its jobs ready; under `name@2` where the mode is `version` and the name is taken. */
export function newJobset(
  db: Database.Database,
): (of: NewJobset, context: WriterContext) => { readonly jobset: number; readonly counts: SubmitCounts } {
  const insert = db
    .prepare<[string, string, string, number, number, number, string, string], number>(
      `INSERT INTO jobset (uid, request_id, namespace, batch, kind, state, owner, priority, submitted_at, first_job, job_count, spec)
       SELECT ?, id, namespace, ?, ?, 'active', owner, ?, ?, ?, job_count, ? FROM draft WHERE id = ? RETURNING id`,
    )
    .pluck()
  const text = db.prepare('INSERT INTO jobset_text (jobset, text) SELECT ?, text FROM draft WHERE id = ?')
  const jobs = db.prepare(
    "INSERT INTO job (id, jobset, name, state) SELECT ? + idx, ?, name, 'ready' FROM draft_job WHERE draft = ? ORDER BY idx",
  )
  const specs = db.prepare('INSERT INTO job_spec (job, spec) SELECT ? + idx, spec FROM draft_job WHERE draft = ? ORDER BY idx')
  const block = jobBlock(db)
  const newest = newestVersion(db)
  const classes = demandClasses(db)
  const order = submitOrder(db)
  const search = newSearch(db)
  // One more than there are batches to wait for: nothing frees these jobs, results come for them from elsewhere.
  const hold = db.prepare('UPDATE jobset SET after_left = after_left + 1 WHERE id = ?')
  const holdJobs = db.prepare("UPDATE job SET state = 'waiting' WHERE jobset = ? AND state = 'ready'")
  return ({ draft, head, spec, uid }, context) => {
    const { namespace, owner, job_count: count } = head
    const before = head.mode === 'version' ? newest(namespace, head.batch) : null
    const batch = before === null ? head.batch : `${head.batch}@${before.version + 1}`
    const first = block.next()
    const written = JSON.stringify({ ...spec, meta: { ...spec.meta, batchName: batch } })
    const jobset = insert.get(uid, batch, spec.kind, spec.priority, context.now, first, written, draft) as number
    text.run(jobset, draft)
    jobs.run(first, jobset, draft)
    specs.run(first, draft)
    classes(draft, jobset, first, spec.options.demand)
    const why = order({ id: jobset, namespace, firstJob: first, jobs: count, after: spec.after }, context)
    if (spec.search !== undefined) search(jobset, spec.search, uid, why)
    if (spec.bundle !== undefined) {
      hold.run(jobset)
      holdJobs.run(jobset)
    }
    context.event(
      'jobset_added',
      { jobset },
      { namespace, batch, jobs: spec.search === undefined ? count : trialCount(spec.search), owner },
    )
    return { jobset, counts: { kind: before === null ? 'new' : 'version', added: count, changed: 0, unchanged: 0 } }
  }
}
