// A writer with its placer in one thread on a temporary data folder, and builders of rows; for the tests of this folder.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { AttemptId, JobId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import type { Grant } from '../../shared/model/resources.ts'
import type { FinishItem } from '../ports/finish-item.ts'
import { migrate } from './migrate.ts'
import { openForWriting } from './open-database.ts'
import { Placer } from './placer.ts'
import { fromPortable, type WriterNotice } from './requests.ts'
import type { InputOf, OutputOf, TransitionName } from './transitions-table.ts'
import { type PlacerCommand, Writer } from './writer.ts'

/** A share of a node, for claims. */
export const oneCore: Grant = { slot: 0, cores: 1, whole: false, memory: null, gpus: [], disk: null }

export interface Scene {
  readonly folder: string
  readonly db: Database.Database
  readonly writer: Writer
  readonly notices: WriterNotice[]
  /** placement orders wait here until `place()`; a crash loses them */
  readonly waiting: PlacerCommand[]
  run<N extends TransitionName>(name: N, input: InputOf<N>): OutputOf<N>
  /** runs the placer on everything that waits */
  place(): void
  /** closes without placing, as a crash would, and opens again */
  crash(): Scene
  close(): void
  remove(): void
}

export function openScene(folder = mkdtempSync(join(tmpdir(), 'dist-store-')), ballast?: ConstructorParameters<typeof Writer>[3]): Scene {
  const db = openForWriting(join(folder, 'dist.sqlite'))
  migrate(db)
  const notices: WriterNotice[] = []
  const waiting: PlacerCommand[] = []
  const folders = { packs: join(folder, 'packs'), results: join(folder, 'results') }
  const ports = {
    toMain: (notice: WriterNotice) => void notices.push(notice),
    toPlacer: (command: PlacerCommand) => void waiting.push(command),
  }
  const writer = new Writer(db, folders, ports, ballast)
  const placer = new Placer(folders.results, (notice) => writer.onPlacer(notice))
  let id = 0
  const close = (): void => {
    writer.close()
    db.close()
  }
  return {
    folder,
    db,
    writer,
    notices,
    waiting,
    run: (name, input) => {
      writer.run([{ id: ++id, name, input }])
      const notice = notices.findLast((item) => item.kind === 'replies')
      const reply = notice?.kind === 'replies' ? notice.replies[0] : undefined
      if (reply?.kind !== 'done') throw reply === undefined ? new Error('no reply') : fromPortable(reply.error)
      return reply.output as never
    },
    place: () => {
      writer.seal(true)
      for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) placer.run(command)
    },
    crash: () => {
      close()
      return openScene(folder)
    },
    close,
    remove: () => {
      close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const setId = 1 as JobsetId

/** One jobset `lab/sweep` with jobs `job_0`…, and nodes a and b. */
export function addJobset(scene: Scene, jobs: number): JobId[] {
  const { db } = scene
  for (const node of ['a', 'b'])
    db.prepare('INSERT INTO node (id, key, name, joined_at) VALUES (?, ?, ?, 0)').run(node, node, `node-${node}`)
  db.prepare(
    `INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, spec, submitted_at, first_job, job_count)
     VALUES (1, 'u', 'r', 'lab', 'sweep', 'python', 'active', 'anna', '{}', 0, 1, ?)`,
  ).run(jobs)
  const job = db.prepare("INSERT INTO job (id, jobset, name, state) VALUES (?, 1, ?, 'ready')")
  const spec = db.prepare("INSERT INTO job_spec (job, spec) VALUES (?, '{}')")
  return Array.from({ length: jobs }, (_, i) => {
    job.run(i + 1, `job_${i}`)
    spec.run(i + 1)
    return (i + 1) as JobId
  })
}

/** The jobset `lab/sweep` without jobs: a search that has not begun. */
export function addSearch(scene: Scene): void {
  addJobset(scene, 0)
  scene.db.prepare("INSERT INTO search (jobset, seed, summary) VALUES (1, 1, '{}')").run()
}

let last = 0

/** Claims a job for a node and says that it started. */
export function startAttempt(scene: Scene, job: JobId, node: string): AttemptId {
  const attempt = (++last).toString(16).padStart(32, '0') as AttemptId
  scene.run('claim', { items: [{ attempt, job, node: node as NodeId, grant: oneCore }] })
  scene.run('started', { items: [{ attempt, node, at: 1000 }] })
  return attempt
}

/** A finished attempt with `stdout.txt` and one result file. */
export function finished(id: string, node: string, change: Partial<FinishItem> = {}): FinishItem {
  const file = (path: string, text: string): { path: string; mode: number; data: Buffer } => ({
    path,
    mode: 0o644,
    data: Buffer.from(text),
  })
  return {
    id,
    node,
    started: true,
    startedAt: 1000,
    outcome: { kind: 'succeeded' },
    usage: { wallSeconds: 1, userSeconds: 0.5, systemSeconds: 0.1, peakMemory: 1e7, memorySource: 'rusage' },
    notices: [],
    trial: null,
    result: { kind: 'inline', files: [file('stdout.txt', `output of ${id}`), file('sub/result.csv', 'a,b\n1,2\n')], folders: ['empty'] },
    ...change,
  }
}
