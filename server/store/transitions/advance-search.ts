// One step of a search: what was decided is appended to its history, and the jobs of the trials that begin are made, opened
// again or cancelled in the same transaction, so that a history never names a trial that no job stands for. Events have
// numbers: a step that is there already changes nothing.
import type Database from 'better-sqlite3'
import { DistError } from '../../../shared/base/errors.ts'
import type { JobId, JobsetId } from '../../../shared/model/ids.ts'
import type { JobState } from '../../../shared/model/job.ts'
import type { SearchAdvance, TrialStart } from '../../ports/search-advance.ts'
import { transition, type WriterContext } from '../transition.ts'
import { type CancelReply, stopJobs } from './cancel.ts'
import { jobBlock } from './job-block.ts'
import type { JobChange } from './job-change.ts'
import { readyChange } from './job-class.ts'
import { activeAgainSql, forgiveBuildsSql, openAgainSql, setAside } from './set-aside.ts'
import { jobChange } from './started.ts'
import { trialEnds } from './trial-ends.ts'

export interface AdvancedSearch {
  /** false: an earlier call did it */
  readonly fresh: boolean
  /** jobs that were not there before, as they are now */
  readonly added: readonly { readonly job: JobId; readonly state: JobState }[]
  readonly changes: readonly JobChange[]
  /** attempts of cancelled trials that a node still holds */
  readonly live: CancelReply['live']
}

interface SetRow {
  readonly state: string
  readonly namespace: string
  readonly batch: string
  readonly after: number
}

interface JobRow {
  readonly id: number
  readonly name: string
  readonly state: JobState
  readonly committed: string | null
}

export const advanceSearch = transition<SearchAdvance, AdvancedSearch>((db) => {
  const next = db
    .prepare<[number], number>(
      'SELECT (SELECT coalesce(max(e.seq), -1) + 1 FROM search_event e WHERE e.jobset = s.jobset) FROM search s WHERE s.jobset = ?',
    )
    .pluck()
  const append = db.prepare('INSERT INTO search_event (jobset, seq, kind, trial, body) VALUES (?, ?, ?, ?, ?)')
  const ended = db.prepare('UPDATE trial SET ended = ? WHERE jobset = ? AND number = ?')
  // what a node found meanwhile stays, until somebody lets the search go on
  const keep = db.prepare(
    'UPDATE search SET summary = ?, done = ?, notices = ?, problem = CASE WHEN ? THEN NULL ELSE coalesce(?, problem) END WHERE jobset = ?',
  )
  const setOf = db.prepare<[number], SetRow>('SELECT state, namespace, batch, after_left AS after FROM jobset WHERE id = ?')
  const asked = db.prepare('INSERT OR IGNORE INTO trial (jobset, number) VALUES (?, ?)')
  const takenBack = db.prepare('DELETE FROM trial WHERE jobset = ? AND number = ? AND job IS NULL')
  const active = db.prepare(activeAgainSql)
  const builds = db.prepare(forgiveBuildsSql)
  const begin = trialStarter(db)
  const stop = stopTrials(db)

  return (step, context) => {
    const { jobset, seq, events } = step
    const reply: { added: { job: JobId; state: JobState }[]; changes: JobChange[]; live: CancelReply['live'] } = {
      added: [],
      changes: [],
      live: [],
    }
    const expected = next.get(jobset)
    if (expected === undefined) throw new DistError('no_search', `the jobset ${jobset} has no search`)
    if (expected > seq) return { fresh: false, ...reply }
    if (expected < seq) throw new DistError('bug', `step ${seq} of the search of jobset ${jobset} came before ${expected}`)
    for (const [index, { kind, trial, body }] of events.entries()) {
      append.run(jobset, seq + index, kind, trial, body)
      if (kind === 'ended') ended.run(seq + index, jobset, trial)
    }
    const problem = step.problem === null ? null : JSON.stringify(step.problem)
    keep.run(JSON.stringify(step.summary), step.done ? 1 : 0, JSON.stringify(step.notices), step.reopened ? 1 : 0, problem, jobset)
    for (const number of step.asked) asked.run(jobset, number)
    for (const number of step.takenBack) takenBack.run(jobset, number)
    if (step.reopened) {
      active.run(jobset)
      builds.run(jobset)
      if (step.samples > 0) context.event('jobset_extended', { jobset }, { by: step.by, samples: step.samples })
      else context.event('jobset_reopened', { jobset }, { by: step.by, jobs: step.starts.length })
    }
    if (step.starts.length > 0) begin(setOf.get(jobset), step, context, reply)
    if (step.cancels.length > 0) stop(jobset, step.cancels, context, reply)
    return { fresh: true, ...reply }
  }
})

interface Told {
  readonly added: { job: JobId; state: JobState }[]
  readonly changes: JobChange[]
}

/** Makes the jobs of trials, or opens them once more. In a jobset that was cancelled they are cancelled at once. */
function trialStarter(db: Database.Database): (of: SetRow | undefined, step: SearchAdvance, context: WriterContext, told: Told) => void {
  const find = db.prepare<[number, number], JobRow>(
    'SELECT j.id, j.name, j.state, j.committed_attempt AS committed FROM trial t JOIN job j ON j.id = t.job WHERE t.jobset = ? AND t.number = ?',
  )
  const insertJob = db.prepare('INSERT INTO job (id, jobset, name, state) VALUES (?, ?, ?, ?)')
  const insertSpec = db.prepare('INSERT INTO job_spec (job, spec) VALUES (?, ?)')
  const insertTrial = db.prepare(
    'INSERT INTO trial (jobset, number, job, run) VALUES (?, ?, ?, ?) ON CONFLICT (jobset, number) DO UPDATE SET job = excluded.job, run = excluded.run',
  )
  const runAgain = db.prepare('UPDATE trial SET run = ?, ended = NULL, end = NULL, report = NULL WHERE jobset = ? AND number = ?')
  const grow = db.prepare('UPDATE jobset SET job_count = job_count + ? WHERE id = ?')
  const open = db.prepare(openAgainSql)
  const block = jobBlock(db)
  const aside = setAside(db)
  const ready = readyChange(db)
  const trials = trialEnds(db)

  return (of, { jobset, starts }, context, told) => {
    if (of === undefined) return
    const state: JobState = of.state !== 'active' ? 'cancelled' : of.after > 0 ? 'waiting' : 'ready'
    const fresh: TrialStart[] = []
    for (const start of starts) {
      const there = find.get(jobset, start.number)
      if (there === undefined) {
        fresh.push(start)
        continue
      }
      aside(of, there, context)
      open.run(state, 0, there.id)
      runAgain.run(start.run, jobset, start.number)
      const row = { job: there.id, jobset }
      told.changes.push(state === 'ready' ? ready(row, there.state) : jobChange(row, there.state, state))
      if (state === 'cancelled') trials.endAs(there.id, { kind: 'cancelled' })
    }
    if (fresh.length === 0) return
    const first = block.behind(jobset, fresh.length)
    for (const [index, { number, run, name, spec }] of fresh.entries()) {
      const id = first + index
      insertJob.run(id, jobset, name, state)
      insertSpec.run(id, spec)
      insertTrial.run(jobset, number, id, run)
      if (state === 'cancelled') trials.endAs(id, { kind: 'cancelled' })
      told.added.push({ job: id as JobId, state })
    }
    grow.run(fresh.length, jobset)
  }
}

function stopTrials(
  db: Database.Database,
): (jobset: JobsetId, trials: readonly number[], context: WriterContext, told: Pick<CancelReply, 'changes' | 'live'>) => void {
  const find = db.prepare<[number, number], { id: number; state: JobState }>(
    'SELECT j.id, j.state FROM trial t JOIN job j ON j.id = t.job WHERE t.jobset = ? AND t.number = ?',
  )
  const stop = stopJobs(db)
  return (jobset, trials, context, told) => {
    const rows = trials.flatMap((number) => find.get(jobset, number) ?? [])
    stop(jobset, rows, context, told)
  }
}
