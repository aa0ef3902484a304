// failed | cancelled | skipped -> ready | waiting: `dist retry`, the next generation of jobs that ended badly. A job that
// succeeded is never reopened. The result of the old generation moves aside into `.attempts/<job>/<n>`.
import type { JobsetId } from '../../../shared/model/ids.ts'
import type { JobState } from '../../../shared/model/job.ts'
import { transition } from '../transition.ts'
import type { JobChange } from './job-change.ts'
import { readyChange } from './job-class.ts'
import { activeAgainSql, forgiveBuildsSql, openAgainSql, setAside } from './set-aside.ts'
import { jobChange } from './started.ts'

export interface ReopenReply {
  readonly changes: JobChange[]
  /** names that are no job of the jobset */
  readonly unknown: string[]
}

interface Row {
  readonly id: number
  readonly name: string
  readonly state: JobState
  readonly committed: string | null
}

interface Input {
  readonly jobset: JobsetId
  readonly jobs: readonly string[] | null
  readonly by: string
  /** only jobs without a committed result, whatever became of their attempts: `dist resume` */
  readonly unfinished?: boolean
}

export const reopen = transition<Input, ReopenReply>((db) => {
  const columns = 'id, name, state, committed_attempt AS committed'
  const bad = db.prepare<[number], Row>(
    `SELECT ${columns} FROM job WHERE jobset = ? AND state IN ('failed', 'cancelled', 'skipped') ORDER BY id`,
  )
  const named = db.prepare<[number, string], Row>(`SELECT ${columns} FROM job WHERE jobset = ? AND name = ?`)
  const left = db
    .prepare<[number], number>("SELECT count(*) FROM job_need n JOIN job j ON j.id = n.needs WHERE n.job = ? AND j.state <> 'succeeded'")
    .pluck()
  const open = db.prepare(openAgainSql)
  const aside = setAside(db)
  const names = db.prepare<[number], { namespace: string; batch: string; after: number }>(
    'SELECT namespace, batch, after_left AS after FROM jobset WHERE id = ?',
  )
  const active = db.prepare(activeAgainSql)
  const builds = db.prepare(forgiveBuildsSql)
  const ready = readyChange(db)

  return ({ jobset, jobs, by, unfinished }, context) => {
    const unknown: string[] = []
    let rows: Row[] = jobs === null ? bad.all(jobset) : []
    for (const name of jobs ?? []) {
      const row = named.get(jobset, name)
      if (row === undefined) unknown.push(name)
      else if (row.state === 'failed' || row.state === 'cancelled' || row.state === 'skipped') rows.push(row)
    }
    if (unfinished === true) rows = rows.filter(({ committed }) => committed === null)
    const of = names.get(jobset)
    if (unknown.length > 0 || rows.length === 0 || of === undefined) return { changes: [], unknown }
    const opened = new Set(rows.map((row) => row.id))
    const changes: JobChange[] = []
    active.run(jobset)
    builds.run(jobset)
    for (const row of rows) aside(of, row, context)
    for (const row of rows) {
      // Needs that are reopened with it count again.
      const needs = left.get(row.id) ?? 0
      const to = needs > 0 || of.after > 0 ? 'waiting' : 'ready'
      open.run(to, needs, row.id)
      changes.push(to === 'ready' ? ready({ job: row.id, jobset }, row.state) : jobChange({ job: row.id, jobset }, row.state, to))
    }
    context.event('jobset_reopened', { jobset }, { by, jobs: opened.size })
    return { changes, unknown }
  }
})
