// waiting | ready -> succeeded | failed (and claimed | running -> succeeded): the commit of attempts that ran elsewhere, on a cluster
// (`dist import`). Their files are verified and synced in results/.incoming before. Same guard as `finish`: the first commit wins,
// and an id that is known changes nothing. A failure never takes a job away from a node that works on it.
import { DistError } from '../../../shared/base/errors.ts'
import type { AttemptId, JobId, JobsetId } from '../../../shared/model/ids.ts'
import type { JobState } from '../../../shared/model/job.ts'
import { jobIdentity } from '../../../shared/run/job-identity.ts'
import type { Imported, ImportedItem, ImportVerdict } from '../../ports/imported.ts'
import { readJobSpec, readJobsetSpec } from '../../ports/spec-json.ts'
import { manifestOf } from '../inline-manifest.ts'
import { jobFolder } from '../result-folder.ts'
import { transition, type WriterContext } from '../transition.ts'
import { dependents } from './dependents.ts'
import type { JobChange } from './job-change.ts'
import { manifestBytes, namespaceBytes } from './namespace-bytes.ts'
import { attemptOrder, locationText } from './result-place.ts'
import { jobChange } from './started.ts'

interface Row {
  readonly id: number
  readonly state: JobState
  readonly committed: string | null
  readonly spec: string
}

const open: readonly JobState[] = ['waiting', 'ready', 'claimed', 'running']

export const importAttempts = transition<
  { readonly jobset: JobsetId; readonly items: readonly ImportedItem[] },
  { replies: Imported[]; changes: JobChange[] }
>((db) => {
  const setOf = db.prepare<[number], { namespace: string; batch: string; spec: string }>(
    'SELECT namespace, batch, spec FROM jobset WHERE id = ?',
  )
  const known = db.prepare<[string], { jobset: number; job: number; state: string }>('SELECT jobset, job, state FROM attempt WHERE id = ?')
  const find = db.prepare<[number, string], Row>(
    `SELECT j.id, j.state, j.committed_attempt AS committed, s.spec FROM job j JOIN job_spec s ON s.job = j.id
     WHERE j.jobset = ? AND j.name = ?`,
  )
  const commit = db
    .prepare<[string, string, string, number], number>(
      `UPDATE job SET state = ?, committed_attempt = ?, attempt = ?, started = started + 1
       WHERE id = ? AND committed_attempt IS NULL AND state IN ('waiting', 'ready', 'claimed', 'running') RETURNING started`,
    )
    .pluck()
  // a host is no node of ours: its row has the name to show, and is never offered work
  const host = db.prepare('INSERT OR IGNORE INTO node (id, key, name, joined_at, revoked_at) VALUES (?, ?, ?, ?, ?)')
  const insert = db.prepare(
    `INSERT INTO attempt (id, job, jobset, node, state, number, cores, claimed_at, started_at, finished_at, outcome, usage, notices, location, manifest)
     VALUES (?, ?, ?, ?, 'committed', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const keepBytes = namespaceBytes(db)
  const waiting = dependents(db)

  return ({ jobset, items }, context) => {
    const changes: JobChange[] = []
    const set = setOf.get(jobset)
    if (set === undefined) return { replies: items.map(({ id }) => none(id, 'unknown')), changes }
    const spec = readJobsetSpec(set.spec)

    function importOne(item: ImportedItem): Imported {
      const earlier = known.get(item.id)
      if (earlier !== undefined) {
        if (earlier.jobset !== jobset) throw new DistError('forbidden', `the attempt ${item.id} is of another jobset`)
        return none(item.id, 'duplicate')
      }
      const row = find.get(jobset, item.job)
      if (row === undefined) return none(item.id, 'unknown')
      if (row.committed !== null || !open.includes(row.state)) return none(item.id, 'taken')
      // a trial ends with what its node tells of it, which no bundle has
      if (spec.search !== undefined || jobIdentity(spec, readJobSpec(row.spec)) !== item.identity) return none(item.id, 'different')
      const state = item.outcome.kind === 'succeeded' ? 'succeeded' : 'failed'
      if (state === 'failed' && (row.state === 'claimed' || row.state === 'running')) return none(item.id, 'running')
      const number = commit.get(state, item.id, item.id, row.id)
      if (number === undefined) return none(item.id, 'taken')
      keep(item, row.id, number, context)
      changes.push(jobChange({ job: row.id, jobset }, row.state, state))
      waiting.ofJob(row.id, state === 'succeeded', context, changes)
      return { attempt: item.id as AttemptId, verdict: 'committed', job: row.id as JobId }
    }

    function keep(item: ImportedItem, job: number, number: number, { now }: WriterContext): void {
      host.run(item.node, `import ${item.node}`, item.node, now, now)
      const order = attemptOrder(item, jobFolder(set ?? { namespace: '', batch: '' }, item.job), context)
      const manifest = manifestOf(item.result)
      keepBytes(set?.namespace ?? '', manifestBytes(manifest))
      const texts = [item.outcome, item.usage, item.notices].map((part) => JSON.stringify(part))
      const place = locationText(item, context)
      insert.run(
        item.id,
        job,
        jobset,
        item.node,
        number,
        item.cores,
        now,
        item.startedAt,
        item.finishedAt,
        ...texts,
        place,
        JSON.stringify(manifest),
      )
      context.event('committed', { jobset, job, node: item.node }, { attempt: item.id, number, outcome: item.outcome, imported: true })
      if (order !== null) context.place(order)
    }

    const replies = items.map(importOne)
    return { replies, changes }
  }
})

function none(attempt: string, verdict: Exclude<ImportVerdict, 'committed'>): Imported {
  return { attempt: attempt as AttemptId, verdict, job: null }
}
