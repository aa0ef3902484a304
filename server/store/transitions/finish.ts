// running -> succeeded | failed: the commit (durability.md 6). The guarded row is the commit; the first one wins.
// What is not committed is kept beside: superseded (another attempt was first), cancelled (the job was killed) or failed
// (the job has tries left: it is ready again after a back-off).
//
//   attempt: claimed | running | lost | returned -> committed | superseded | cancelled | failed | lost
//   verdicts that the node gets: all of them mean "forget it"
import type { AttemptId, JobId, JobsetId, NodeId } from '../../../shared/model/ids.ts'
import type { JobState } from '../../../shared/model/job.ts'
import type { FinishItem } from '../../ports/finish-item.ts'
import { manifestOf } from '../inline-manifest.ts'
import { attemptFolder, jobFolder } from '../result-folder.ts'
import { transition, type WriterContext } from '../transition.ts'
import { usageAccount } from './add-usage.ts'
import { dependents } from './dependents.ts'
import type { JobChange } from './job-change.ts'
import { readyChange } from './job-class.ts'
import { type LoseReply, loser } from './lose.ts'
import { manifestBytes, namespaceBytes } from './namespace-bytes.ts'
import { attemptOrder, locationText } from './result-place.ts'
import { retriesOf } from './retries-of.ts'
import { nextTry, retryClass } from './retry-rule.ts'
import { beginAttempt, jobChange } from './started.ts'
import { trialEnds } from './trial-ends.ts'

export type FinishVerdict = 'committed' | 'superseded' | 'cancelled' | 'failed' | 'lost' | 'duplicate' | 'unknown'

export interface FinishReply {
  readonly attempt: AttemptId
  readonly verdict: FinishVerdict
  readonly job: JobId | null
  readonly jobset: JobsetId | null
  readonly wallSeconds: number | null
}

interface Row {
  readonly job: number
  readonly jobset: number
  readonly state: string
  readonly number: number | null
  readonly started: number
  readonly name: string
  readonly namespace: string
  readonly batch: string
  readonly job_state: JobState
  readonly committed: string | null
  readonly tries: number
  readonly owner: string
  readonly cores: number
  /** it is the job of a trial */
  readonly trial: number
}

const open = new Set(['claimed', 'running', 'lost', 'returned'])

export const finish = transition<{ readonly items: readonly FinishItem[] }, { replies: FinishReply[]; changes: JobChange[] }>((db) => {
  const find = db.prepare<[string, string], Row>(
    `SELECT a.job, a.jobset, a.state, a.number, j.name, s.namespace, s.batch, j.state AS job_state, j.committed_attempt AS committed, j.tries,
       j.started, s.owner, a.cores, EXISTS (SELECT 1 FROM trial t WHERE t.job = j.id) AS trial
     FROM attempt a JOIN job j ON j.id = a.job JOIN jobset s ON s.id = a.jobset WHERE a.id = ? AND a.node = ?`,
  )
  const ready = readyChange(db)
  const begin = beginAttempt(db)
  const rules = retriesOf(db)
  const account = usageAccount(db)
  const keepBytes = namespaceBytes(db)
  const waiting = dependents(db)
  const trials = trialEnds(db)
  const again = db.prepare("UPDATE job SET state = 'ready', attempt = NULL, tries = tries + 1, not_before = ?, avoid = ? WHERE id = ?")
  const lose = loser(db)
  const commit = db.prepare<[string, string, string, number, number]>(
    `UPDATE job SET state = ?, committed_attempt = ?, attempt = ?, started = ?
     WHERE id = ? AND committed_attempt IS NULL AND state NOT IN ('succeeded', 'failed', 'cancelled')`,
  )
  const count = db.prepare('UPDATE job SET started = ? WHERE id = ?')
  const close = db.prepare(
    `UPDATE attempt SET state = ?, number = ?, started_at = coalesce(started_at, ?), finished_at = ?, outcome = ?, usage = ?, notices = ?,
       manifest = ?, location = ? WHERE id = ?`,
  )

  function finishOne(item: FinishItem, context: WriterContext, { changes, spent, kept }: Sums): FinishReply {
    const row = find.get(item.id, item.node)
    const attempt = item.id as AttemptId
    if (row === undefined) return { attempt, verdict: 'unknown', job: null, jobset: null, wallSeconds: null }
    const reply = (verdict: FinishVerdict): FinishReply => ({
      attempt,
      verdict,
      job: row.job as JobId,
      jobset: row.jobset as JobsetId,
      wallSeconds: item.usage?.wallSeconds ?? null,
    })
    if (!open.has(row.state)) return reply('duplicate')
    if (item.usage !== null) add(spent, row.owner, item.usage.wallSeconds * row.cores)
    const startedAt = item.startedAt ?? context.now
    // Short jobs are not reported as started beforehand: the attempt gets its number here, in the statements that end it.
    const begins = item.started && row.number === null
    const started = begins ? row.started + 1 : row.started
    const number = begins ? started : row.number

    const cancelled = row.job_state === 'cancelled'
    const trial = row.trial === 0 ? null : trials.judged(row.jobset, item.trial, item.outcome)
    // a report counts whatever became of the process
    const interrupted = (item.outcome.kind === 'lost' || item.outcome.kind === 'cancelled') && trial?.end.kind !== 'reported'
    if (!cancelled && row.committed === null && interrupted) {
      if (begins) begin(item.id, item.node, startedAt, context)
      const lost: LoseReply = lose(item.id, item.outcome.kind === 'lost' ? item.outcome.reason : 'stopped on its node', context)
      changes.push(...lost.changes)
      return reply('lost')
    }
    const good = trial === null ? item.outcome.kind === 'succeeded' : trial.end.kind === 'reported'
    const state = good ? 'succeeded' : 'failed'
    const retry = trial === null || trial.end.kind === 'reported' ? retryClass(item.outcome) : trial.end.retry
    const delay =
      cancelled || row.committed !== null || state === 'succeeded' ? null : nextTry(retry, rules(row.job, row.jobset), row.tries)
    const won = delay === null && commit.run(state, item.id, item.id, started, row.job).changes === 1
    if (begins && !won) count.run(started, row.job)
    const verdict = won ? 'committed' : delay !== null ? 'failed' : cancelled ? 'cancelled' : 'superseded'
    const folder = won ? jobFolder(row, row.name) : attemptFolder(row, row.name, number === null ? item.id : String(number))
    const order = attemptOrder(item, folder, context)
    const manifest = manifestOf(item.result)
    add(kept, row.namespace, manifestBytes(manifest))
    close.run(
      verdict,
      number,
      begins ? Math.min(startedAt, context.now) : null,
      context.now,
      JSON.stringify(item.outcome),
      JSON.stringify(item.usage),
      JSON.stringify(item.notices),
      JSON.stringify(manifest),
      locationText(item, context),
      item.id,
    )
    context.event(
      won ? 'committed' : 'attempt_kept',
      { jobset: row.jobset, job: row.job, node: item.node },
      {
        attempt: item.id,
        number,
        outcome: item.outcome,
        ...(trial === null ? {} : { trial: trial.end }),
        ...(won ? {} : { as: verdict }),
      },
    )
    if (order !== null) context.place(order)
    if (won) {
      if (trial !== null) trials.end(row.job, trial)
      changes.push(jobChange(row, row.job_state, state))
      waiting.ofJob(row.job, state === 'succeeded', context, changes)
    } else if (delay !== null) {
      // Never 0, which stands for a first try.
      again.run(context.now + delay, item.node, row.job)
      changes.push({ ...ready(row, row.job_state), again: { afterMs: delay, avoid: item.node as NodeId } })
    }
    return reply(verdict)
  }

  return ({ items }, context) => {
    const sums: Sums = { changes: [], spent: new Map(), kept: new Map() }
    const replies = items.map((item) => finishOne(item, context, sums))
    for (const [owner, coreSeconds] of sums.spent) account(owner, coreSeconds, context.now)
    for (const [namespace, bytes] of sums.kept) keepBytes(namespace, bytes)
    return { replies, changes: sums.changes }
  }
})

/** What the items of one request add up to: one row an owner and a namespace, not one an item. */
interface Sums {
  readonly changes: JobChange[]
  /** core seconds by owner */
  readonly spent: Map<string, number>
  /** bytes by namespace */
  readonly kept: Map<string, number>
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount)
}
