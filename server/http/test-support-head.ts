// A head without a core for tests of the routes: its live state is what the rows say, its orders are only noted.
import type { JobsetReply, KillReply, NodeReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { JobsetId } from '../../shared/model/ids.ts'
import { noJobs } from '../../shared/model/job.ts'
import type { HeadPort } from '../ports/head.ts'
import type { TestStore } from '../store/test-support.ts'

export interface SeenKill {
  readonly jobset: number
  readonly jobs: readonly string[] | null
  readonly by: string
}

interface Seen {
  readonly submitted: number[]
  readonly kills: SeenKill[]
  readonly listeners: Set<() => void>
}

interface JobsetRow {
  readonly id: number
  readonly uid: string
  readonly namespace: string
  readonly batch: string
  readonly state: 'active'
  readonly owner: string
  readonly submitted_at: number
  readonly job_count: number
}

/** A head whose live state is what the rows say. */
export function rowsHead(store: TestStore, { submitted, kills, listeners }: Seen): HeadPort {
  const byId = store.reads.prepare<[number], JobsetRow>('SELECT * FROM jobset WHERE id = ?')
  const all = store.reads.prepare<[], JobsetRow>('SELECT * FROM jobset ORDER BY id DESC')
  const jobset = (id: JobsetId): JobsetReply => {
    const row = byId.get(id)
    if (row === undefined) throw new DistError('not_found', `there is no jobset ${id}`)
    return reply(row)
  }
  return {
    facts: { id: 'head', version: '0.0.0', startedAt: 1, grpc: '127.0.0.1:1', url: 'http://127.0.0.1:2' },
    jobsets: () => ({ jobsets: all.all().map(reply), more: false }),
    jobset,
    findJobsets: (filter) =>
      all
        .all()
        .map(reply)
        .filter((row) => row.batch === (filter.batch ?? row.batch) && row.namespace === (filter.namespace ?? row.namespace)),
    jobs(id) {
      jobset(id)
      return { jobs: [], more: false }
    },
    builds(id) {
      jobset(id)
      return []
    },
    nodes: (): NodeReply[] => [],
    notice: () => null,
    imported: async (jobset, items) => (await store.run('importAttempts', { jobset, items })).replies,
    waitJobset: async (id) => jobset(id),
    async commitDraft(order) {
      const { jobset: id, fresh, counts } = await store.run('commitDraft', order)
      if (fresh) submitted.push(id)
      return { jobset: id, counts }
    },
    async kill(id, jobs, by): Promise<KillReply> {
      kills.push({ jobset: id, jobs, by })
      return { jobset: id, cancelled: 0, confirmed: [], waiting: [] }
    },
    async retry(id) {
      jobset(id)
      return 0
    },
    drainNode: () => undefined,
    disconnectNode: () => undefined,
    onEvents(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function reply(row: JobsetRow): JobsetReply {
  return {
    id: row.id,
    uid: row.uid,
    namespace: row.namespace,
    batch: row.batch,
    kind: 'python',
    state: row.state,
    owner: row.owner,
    submittedAt: row.submitted_at,
    finishedAt: null,
    reason: null,
    jobs: row.job_count,
    counts: { ...noJobs, ready: row.job_count },
    placed: false,
    revision: 1,
    priority: 0,
    held: null,
    capabilities: [],
    match: { nodes: 0, online: 0, closest: null },
    provenance: null,
  }
}
