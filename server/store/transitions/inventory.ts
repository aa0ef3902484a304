// What the store knows of the attempts and builds that a returning node holds. Run by the writer, not by a reader, so that
// it sees every transition that was asked for before. An attempt given up as lost whose process still runs is taken back.
import type { JobId, JobsetId, NodeId } from '../../../shared/model/ids.ts'
import type { JobState } from '../../../shared/model/job.ts'
import type { Grant } from '../../../shared/model/resources.ts'
import type { HeldItem } from '../../ports/held-item.ts'
import { transition } from '../transition.ts'
import type { JobChange } from './job-change.ts'
import { jobChange } from './started.ts'

/**
 * `live`: goes on here; `send`: finished, its result is wanted; `stop`: must not go on; `forget`: final or unknown.
 */
export type HeldAnswer = 'live' | 'send' | 'stop' | 'forget'

export interface InventoryReply {
  readonly held: {
    readonly item: HeldItem
    readonly answer: HeldAnswer
    readonly job: JobId | null
    readonly jobset: JobsetId | null
    readonly grant: Grant | null
    /** class of a job's demand; of a build, its place */
    readonly demand: number
    readonly reason: string
  }[]
  readonly changes: JobChange[]
}

interface Row {
  readonly job: number
  readonly jobset: number
  readonly state: string
  readonly job_state: JobState
  readonly committed: string | null
  readonly share: string | null
  readonly demand: number
}

export const inventory = transition<{ readonly node: NodeId; readonly held: readonly HeldItem[] }, InventoryReply>((db) => {
  const find = db.prepare<[string, string], Row>(
    `SELECT a.job, a.jobset, a.state, j.state AS job_state, j.committed_attempt AS committed, a.share, j.demand
     FROM attempt a JOIN job j ON j.id = a.job WHERE a.id = ? AND a.node = ?`,
  )
  const findBuild = db.prepare<
    [string, string],
    { jobset: number; state: string; jobset_state: string; share: string | null; demand: number }
  >(
    'SELECT b.jobset, b.state, s.state AS jobset_state, b.share, b.place AS demand FROM build b JOIN jobset s ON s.id = b.jobset WHERE b.id = ? AND b.node = ?',
  )
  const revive = db.prepare(
    "UPDATE attempt SET state = 'running', finished_at = NULL, outcome = NULL WHERE id = ? AND state IN ('lost', 'returned')",
  )
  const adopt = db.prepare("UPDATE job SET state = 'running', attempt = ? WHERE id = ? AND state = 'ready'")
  const rebuild = db.prepare("UPDATE build SET state = 'building', finished_at = NULL, outcome = NULL WHERE id = ? AND state = 'dropped'")

  return ({ node, held }, context) => {
    const reply: InventoryReply = { held: [], changes: [] }
    for (const item of held) {
      const say = (
        answer: HeldAnswer,
        reason: string,
        row?: { job?: number; jobset: number; share: string | null; demand: number },
      ): void => {
        const grant = row?.share == null ? null : (JSON.parse(row.share) as Grant)
        const demand = row?.demand ?? 0
        const job = (row?.job ?? null) as JobId | null
        const jobset = (row?.jobset ?? null) as JobsetId | null
        reply.held.push({ item, answer, reason, job, jobset, grant, demand })
      }
      if (item.build) {
        const build = findBuild.get(item.attempt, node)
        if (build === undefined || build.state === 'succeeded' || build.state === 'failed') say('forget', 'not wanted')
        else if (item.state === 'finished') say('send', 'result wanted', build)
        else if (build.jobset_state !== 'active') say('stop', 'cancelled', build)
        else {
          rebuild.run(item.attempt)
          say('live', 'goes on', build)
        }
        continue
      }
      const row = find.get(item.attempt, node)
      if (row === undefined) say('forget', 'unknown to this head')
      else if (row.state === 'committed' || row.state === 'superseded' || row.state === 'cancelled') say('forget', row.state)
      else if (item.state === 'finished') say('send', 'result wanted', row)
      else if (row.job_state === 'cancelled') say('stop', 'cancelled', row)
      else if (row.committed !== null) say('stop', 'another attempt was first', row)
      else if (row.state === 'claimed' || row.state === 'running') say('live', 'goes on', row)
      else if (item.state === 'running') {
        revive.run(item.attempt)
        if (adopt.run(item.attempt, row.job).changes === 1) reply.changes.push(jobChange(row, 'ready', 'running'))
        context.event('job_started', { jobset: row.jobset, job: row.job, node }, { attempt: item.attempt, adopted: true })
        say('live', 'goes on', row)
      } else say('stop', 'given to another node', row)
    }
    return reply
  }
})
