// Jobs that join a jobset (`dist add --extend`): a job is its name. One that is new is added, one that is changed runs again
// and its old result moves aside, one that is the same is left alone. Called by commit-draft, inside its transaction.
import { isDeepStrictEqual } from 'node:util'
import type Database from 'better-sqlite3'
import { DistError } from '../../../shared/base/errors.ts'
import { relativeOptions } from '../../../shared/config/relative-options.ts'
import type { JobState } from '../../../shared/model/job.ts'
import type { JobSpec, JobsetSpec } from '../../../shared/model/jobset.ts'
import type { SubmitCounts, SubmitMode } from '../../../shared/model/submission.ts'
import { readJobSpec } from '../../ports/spec-json.ts'
import type { WriterContext } from '../transition.ts'
import { joinDemands } from './demand-classes.ts'
import { jobBlock } from './job-block.ts'
import type { JobChange } from './job-change.ts'
import type { ThereJobset } from './jobset-there.ts'
import { joinOrder } from './join-order.ts'
import { activeAgainSql, forgiveBuildsSql, openAgainSql, setAside } from './set-aside.ts'
import { jobChange } from './started.ts'

export interface ExtendJobset {
  readonly draft: string
  readonly spec: JobsetSpec
  readonly there: ThereJobset
  readonly mode: SubmitMode
  readonly by: string
}

/** What the core has to hear, besides reading the jobset's row and its ready jobs again. */
export interface Extension {
  /** new jobs; they count as `waiting` until the changes below */
  readonly added: number
  readonly changes: readonly JobChange[]
}

interface Row {
  readonly idx: number
  readonly name: string
  readonly spec: string
  readonly id: number | null
  readonly state: JobState | null
  readonly committed: string | null
  readonly old: string | null
}

/** Rows looked at in one go. */
const page = 5000

type Extended = { readonly counts: SubmitCounts; readonly extension: Extension }

/** `exists` when the mode is `resume` and something differs, or when a changed job is at work. */
export function extendJobset(db: Database.Database): (of: ExtendJobset, context: WriterContext) => Extended {
  const differing = db.prepare<[number, string, number, number, number], Row>(
    `SELECT d.idx, d.name, d.spec, j.id, j.state, j.committed_attempt AS committed, s.spec AS old
     FROM draft_job d LEFT JOIN job j ON j.jobset = ? AND j.name = d.name LEFT JOIN job_spec s ON s.job = j.id
     WHERE d.draft = ? AND d.idx > ? AND (? OR s.spec IS NOT d.spec) ORDER BY d.idx LIMIT ?`,
  )
  const all = db.prepare<[string], number>('SELECT count(*) FROM draft_job WHERE draft = ?').pluck()
  const names = db.prepare<[number], { namespace: string; batch: string }>('SELECT namespace, batch FROM jobset WHERE id = ?')
  const insertJob = db.prepare("INSERT INTO job (id, jobset, name, state, demand) VALUES (?, ?, ?, 'waiting', ?)")
  const insertSpec = db.prepare('INSERT INTO job_spec (job, spec) VALUES (?, ?)')
  const setSpec = db.prepare('UPDATE job_spec SET spec = ? WHERE job = ?')
  const setDemand = db.prepare('UPDATE job SET demand = ? WHERE id = ?')
  const open = db.prepare(openAgainSql)
  // its success will be counted once more
  const hold = db.prepare(
    "UPDATE job SET needs_left = needs_left + 1 WHERE state = 'waiting' AND id IN (SELECT job FROM job_need WHERE needs = ?)",
  )
  const grow = db.prepare('UPDATE jobset SET job_count = job_count + ? WHERE id = ?')
  const describe = db.prepare('UPDATE jobset SET spec = ?, priority = coalesce(?, priority) WHERE id = ?')
  const active = db.prepare(activeAgainSql)
  const builds = db.prepare(forgiveBuildsSql)
  const block = jobBlock(db)
  const aside = setAside(db)
  const demands = joinDemands(db)
  const order = joinOrder(db)

  return ({ draft, spec, there, mode, by }, context) => {
    const jobset = there.id
    const sameOptions = isDeepStrictEqual(there.spec.options, spec.options)
    const found: { row: Row; job: JobSpec }[] = []
    let after = -1
    for (;;) {
      const rows = differing.all(jobset, draft, after, sameOptions ? 0 : 1, page)
      for (const row of rows) {
        const job = asOf(readJobSpec(row.spec), spec, there.spec)
        if (row.old === null || !isDeepStrictEqual(readJobSpec(row.old), job)) found.push({ row, job })
      }
      if (rows.length < page) break
      after = rows.at(-1)?.idx ?? after
    }
    const fresh = found.filter(({ row }) => row.id === null)
    const changed = found.filter(({ row }) => row.id !== null)
    const counts = {
      kind: 'extend',
      added: fresh.length,
      changed: changed.length,
      unchanged: (all.get(draft) ?? 0) - found.length,
    } as const
    const of = names.get(jobset) ?? { namespace: '', batch: '' }
    refuse(mode, of, counts, changed)

    const merged = { ...spec, options: there.spec.options, meta: { ...spec.meta, batchName: of.batch } }
    // a priority that was given by hand stays unless the file has another one than before
    const priority = spec.priority === there.spec.priority ? null : spec.priority
    if (!isDeepStrictEqual(merged, there.spec)) describe.run(JSON.stringify(merged), priority, jobset)
    const changes: JobChange[] = []
    if (found.length === 0) return { counts, extension: { added: 0, changes } }

    const first = block.behind(jobset, fresh.length)
    const classOf = demands(jobset, there.spec.options.demand)
    const joined: { id: number; job: JobSpec }[] = []
    active.run(jobset)
    builds.run(jobset)
    for (const [index, { row, job }] of fresh.entries()) {
      insertJob.run(first + index, jobset, row.name, classOf(job.options?.demand))
      insertSpec.run(first + index, JSON.stringify(job))
      joined.push({ id: first + index, job })
    }
    grow.run(fresh.length, jobset)
    for (const { row, job } of changed) {
      const id = row.id ?? 0
      aside(of, { id, name: row.name, committed: row.committed }, context)
      if (row.state === 'succeeded') hold.run(id)
      open.run('waiting', 0, id)
      setDemand.run(classOf(job.options?.demand), id)
      setSpec.run(JSON.stringify(job), id)
      changes.push(jobChange({ job: id, jobset }, row.state ?? 'waiting', 'waiting'))
      joined.push({ id, job })
    }
    classOf.keep(of)
    order({ jobset, namespace: of.namespace, after: spec.after, jobs: joined }, context, changes)
    context.event('jobset_extended', { jobset }, { by, added: counts.added, changed: counts.changed })
    return { counts, extension: { added: fresh.length, changes } }
  }
}

/** A job of the new file, its options told relative to those of the jobset that is there. */
function asOf(job: JobSpec, now: JobsetSpec, there: JobsetSpec): JobSpec {
  return { ...job, options: relativeOptions(there.options, { ...now.options, ...job.options }) }
}

const shown = 3

function refuse(
  mode: SubmitMode,
  of: { namespace: string; batch: string },
  { added, changed: differing, unchanged }: SubmitCounts,
  changed: readonly { row: Row }[],
): void {
  const label = `${of.namespace}/${of.batch}`
  if (mode === 'resume' && added + differing > 0) {
    throw new DistError('exists', `${label} is here already: of these jobs ${added} are new, ${differing} changed, ${unchanged} the same`, {
      hint: 'add what is new or changed with --extend, or everything beside it with --new-version',
    })
  }
  const atWork = changed.flatMap(({ row }) => (row.state === 'claimed' || row.state === 'running' ? [row.name] : []))
  if (atWork.length === 0) return
  const words = atWork.slice(0, shown).map((name) => `'${name}'`)
  throw new DistError('exists', `changed, but at work as it was: ${words.join(', ')}${atWork.length > shown ? ', …' : ''} of ${label}`, {
    hint: `wait for it, or kill it first: dist kill ${label}/${atWork[0]}`,
  })
}
