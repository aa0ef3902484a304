// Reads of a job's attempts. By the index attempt_job.
import type { AttemptReply } from '../../../shared/api/types.ts'
import type { AttemptReads } from '../../ports/attempt-reads.ts'
import type { ReadDb } from '../read-db.ts'

interface Row {
  readonly id: string
  readonly number: number | null
  readonly node: string
  readonly state: string
  readonly cores: number
  readonly claimed_at: number
  readonly started_at: number | null
  readonly finished_at: number | null
  readonly outcome: string | null
  readonly usage: string | null
  readonly notices: string | null
  readonly committed: number
}

export function attemptReads(db: ReadDb): AttemptReads {
  const find = db.prepare<[number], Row>(
    `SELECT a.id, a.number, coalesce(n.name, a.node) AS node, a.state, a.cores, a.claimed_at, a.started_at, a.finished_at, a.outcome,
       a.usage, a.notices, j.committed_attempt IS a.id AS committed
     FROM attempt a JOIN job j ON j.id = a.job LEFT JOIN node n ON n.id = a.node WHERE a.job = ? ORDER BY a.claimed_at, a.number`,
  )
  return { ofJob: (job) => find.all(job).map(reply) }
}

function reply(row: Row): AttemptReply {
  return {
    id: row.id,
    number: row.number,
    node: row.node,
    state: row.state,
    cores: row.cores,
    claimedAt: row.claimed_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    outcome: parsed<AttemptReply['outcome']>(row.outcome),
    usage: parsed<AttemptReply['usage']>(row.usage),
    notices: parsed<string[]>(row.notices) ?? [],
    committed: row.committed === 1,
  }
}

function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T)
}
