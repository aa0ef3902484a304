// ready -> claimed: gives jobs to nodes under fresh attempt ids. A job that is no longer ready is left out of the answer.
import type { AttemptId, JobId, JobsetId, NodeId } from '../../../shared/model/ids.ts'
import type { JobSpec } from '../../../shared/model/jobset.ts'
import type { Grant } from '../../../shared/model/resources.ts'
import { readJobSpec } from '../../ports/spec-json.ts'
import { transition } from '../transition.ts'

export interface ClaimItem {
  readonly attempt: AttemptId
  readonly job: JobId
  readonly node: NodeId
  readonly grant: Grant
}

export interface Claimed extends ClaimItem {
  readonly jobset: JobsetId
  readonly spec: JobSpec
  /** number that this attempt gets when it starts */
  readonly number: number
}

export const claim = transition<{ readonly items: readonly ClaimItem[] }, Claimed[]>((db) => {
  const take = db.prepare<[string, number], { jobset: number; started: number }>(
    "UPDATE job SET state = 'claimed', attempt = ? WHERE id = ? AND state = 'ready' RETURNING jobset, started",
  )
  const spec = db.prepare<[number], string>('SELECT spec FROM job_spec WHERE job = ?').pluck()
  const insert = db.prepare(
    "INSERT INTO attempt (id, job, jobset, node, state, cores, share, claimed_at) VALUES (?, ?, ?, ?, 'claimed', ?, ?, ?)",
  )
  return ({ items }, context) => {
    const claimed: Claimed[] = []
    for (const item of items) {
      const row = take.get(item.attempt, item.job)
      if (row === undefined) continue
      insert.run(item.attempt, item.job, row.jobset, item.node, item.grant.cores, JSON.stringify(item.grant), context.now)
      context.event('job_claimed', { jobset: row.jobset, job: item.job, node: item.node }, { attempt: item.attempt })
      claimed.push({
        ...item,
        jobset: row.jobset as JobsetId,
        spec: readJobSpec(spec.get(item.job) ?? '{}'),
        number: row.started + 1,
      })
    }
    return claimed
  }
})
