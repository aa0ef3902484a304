// The simulator: the head's real loop, core and store, and machines with the agent's real core, on a clock and a network
// that a seeded story moves. Used by cluster.test.ts.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { JobsetInfo } from '../../node-agent/core/work.ts'
import { defaultLimits } from '../../server/core/state.ts'
import { HeadLoop } from '../../server/loop/head-loop.ts'
import { HeadService } from '../../server/loop/head-service.ts'
import { NodeService } from '../../server/loop/node-service.ts'
import { noSummary } from '../../server/ports/search-summary.ts'
import { readJobSpec, readJobsetSpec } from '../../server/ports/spec-json.ts'
import { SearchService } from '../../server/search/search-service.ts'
import { searchReads } from '../../server/store/reads/searches.ts'
import type { AttemptId, JobsetId, JobsetUid, NodeId, Sha256 } from '../../shared/model/ids.ts'
import type { JobSpec } from '../../shared/model/jobset.ts'
import { defaultOptions } from '../../shared/model/options.ts'
import { type Demand, type Grant, wholeNode } from '../../shared/model/resources.ts'
import { trialLabel } from '../../shared/search/names.ts'
import { newSearch } from '../../shared/search/search-state.ts'
import { LateStore } from './late-store.ts'
import type { Link } from './link.ts'
import { Machine } from './machine.ts'
import { Random } from './random.ts'
import { searchSpec } from './search-spec.ts'

const limits = { ...defaultLimits, unreachableAfter: 3000, lostAfter: 10_000, maxAhead: 4, aheadSeconds: 3 }
const file = { name: 'run.py', sha256: '0'.repeat(64) as Sha256, size: 1, mode: 0o644 }

/** `u<id>p` is packed, `u<id>` is not: what a node is told of a jobset that the rows below make. */
function jobset(uid: JobsetUid): JobsetInfo {
  const nothing = { buildCommand: null, sif: null, mounts: [], source: null, files: [] }
  return {
    ...nothing,
    share: false,
    trialRules: null,
    packed: uid.endsWith('p'),
    uid,
    namespace: 'lab',
    batchName: 'sweep',
    kind: 'python',
    buildFile: file,
  }
}

const some = (min: number, max: number, gpus = 0): Demand => ({ cores: { min, max }, memory: null, gpus, disk: null })
/** of jobs that join ones that share nodes */
const joining = [some(1, 1), some(1, 2), some(1, 3), wholeNode]
const demandLists: readonly (readonly Demand[])[] = [
  [wholeNode],
  [some(1, 1)],
  [some(1, 2), wholeNode],
  [some(1, 1), some(1, 1), some(1, 3)],
]

export class Cluster {
  readonly random: Random
  readonly folder = mkdtempSync(join(tmpdir(), 'dist-sim-'))
  readonly machines: Machine[] = []
  readonly links: Link[] = []
  store: LateStore
  loop: HeadLoop
  service: HeadService
  nodes: NodeService
  searches: SearchService
  #now = 1000
  #ids = 0
  #drafts = 0
  #jobsets = 0
  readonly #abort = new AbortController()

  constructor(seed: number, size: number) {
    this.random = new Random(seed)
    ;({ store: this.store, loop: this.loop, service: this.service, nodes: this.nodes, searches: this.searches } = this.#start())
    this.db.prepare('INSERT INTO blob (sha256, size) VALUES (?, ?)').run(Buffer.from(file.sha256, 'hex'), file.size)
    for (let i = 0; i < size; i++) {
      const node = `n${i}` as NodeId
      this.store.inner.db.prepare('INSERT INTO node (id, key, name, joined_at) VALUES (?, ?, ?, 0)').run(node, node, node)
      this.machines.push(new Machine({ node, random: this.random, jobset, now: () => this.#now }))
    }
  }

  get db(): LateStore['inner']['db'] {
    return this.store.inner.db
  }

  /** A jobset with its jobs, committed, as after `dist add`. */
  submit(jobs: number): void {
    const id = ++this.#jobsets
    // room for those that join
    const first = id * 1000
    const demands = this.random.pick(demandLists) ?? [wholeNode]
    const packed = demands.some(({ cores }) => cores !== 'all')
    const retries = this.random.chance(0.5) ? { max: 1, on: ['exit'], backoff: 2000 } : defaultOptions.retries
    const spec = JSON.stringify({
      kind: 'python',
      meta: { capabilities: [] },
      initialize: { buildFile: file, files: [] },
      options: { ...defaultOptions, demand: demands[0] ?? wholeNode, retries },
      maxConcurrent: this.random.chance(0.3) ? 2 : null,
    })
    this.db
      .prepare(
        `INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, spec, submitted_at, first_job, job_count, demands)
         VALUES (?, ?, ?, 'lab', ?, 'python', 'active', 'anna', ?, ?, ?, ?, ?)`,
      )
      .run(id, packed ? `u${id}p` : `u${id}`, `r${id}`, `b${id}`, spec, id, first, jobs, JSON.stringify(demands))
    for (let job = first; job < first + jobs; job++) {
      this.db
        .prepare("INSERT INTO job (id, jobset, name, state, demand) VALUES (?, ?, ?, 'ready', ?)")
        .run(job, id, `job_${job}`, this.random.below(demands.length))
      this.db
        .prepare('INSERT INTO job_spec (job, spec) VALUES (?, ?)')
        .run(job, JSON.stringify({ name: `job_${job}`, script: file, files: [] }))
    }
    this.service.submitted(id as JobsetId)
  }

  /** `dist add --extend`: jobs that join a jobset, and one without a result that is changed. */
  extend(): void {
    const id = this.random.below(this.#jobsets) + 1
    const row = this.db
      .prepare<[number], { spec: string; first: number; count: number }>(
        'SELECT spec, first_job AS first, job_count AS count FROM jobset WHERE id = ?',
      )
      .get(id)
    if (row === undefined) return
    const stored = readJobsetSpec(row.spec)
    const spec = { ...stored, meta: { ...stored.meta, namespace: 'lab', batchName: `b${id}`, matrix: null } }
    const isPacked = stored.options.demand.cores !== 'all'
    const jobs: JobSpec[] = Array.from({ length: 1 + this.random.below(3) }, (_, i) => {
      const demand = this.random.pick(isPacked ? joining : [wholeNode]) ?? wholeNode
      return { ...readJobSpec(JSON.stringify({ name: `job_${row.first + row.count + i}`, script: file, files: [] })), options: { demand } }
    })
    // the sum at the end counts one result a job
    const open = this.db
      .prepare<[number], string>(
        "SELECT name FROM job j WHERE jobset = ? AND NOT EXISTS (SELECT 1 FROM event e WHERE e.job = j.id AND e.kind = 'committed')",
      )
      .pluck()
      .all(id)
    const changed = this.random.pick(open)
    const args = [String(++this.#drafts)]
    if (changed !== undefined) jobs.push({ ...readJobSpec(JSON.stringify({ name: changed, script: file, files: [] })), options: { args } })
    const draft = `d${this.#drafts}`
    const rows = jobs.map((job) => ({
      name: job.name,
      spec: JSON.stringify(job),
      demand: job.options?.demand === undefined ? null : JSON.stringify(job.options.demand),
    }))
    const send = async (): Promise<void> => {
      await this.store.run('createDraft', { id: draft, owner: 'anna', spec, text: '', jobCount: jobs.length, mode: 'extend' })
      await this.store.run('putDraftJobs', { draft, by: 'anna', first: 0, jobs: rows, blobs: [] })
      await this.service.commitDraft({ draft, by: 'anna', uid: draft })
    }
    // refused when the changed one is at work, lost when the store fails or the head dies: a client would send it again
    send().catch(() => {})
  }

  /** What the head granted to an attempt or a build. */
  shareOf(id: AttemptId): Grant {
    const row = this.db
      .prepare<[string, string], { share: string | null }>(
        'SELECT share FROM attempt WHERE id = ? UNION ALL SELECT share FROM build WHERE id = ?',
      )
      .get(id, id)
    if (row?.share == null) throw new Error(`${id} runs and was never granted anything`)
    return JSON.parse(row.share) as Grant
  }

  kill(): void {
    const id = this.random.below(this.#jobsets) + 1
    const row = this.db
      .prepare<[number], { first_job: number; job_count: number }>('SELECT first_job, job_count FROM jobset WHERE id = ?')
      .get(id)
    if (row === undefined) return
    const index = this.random.below(Math.max(1, row.job_count))
    const some = [this.#isSearch(id) ? trialLabel('search', index) : `job_${row.first_job + index}`]
    this.service.kill(id as JobsetId, this.random.chance(0.5) ? some : null, 'me', 1000, this.#abort.signal).catch(() => {})
  }

  /** A jobset whose jobs a search makes, committed. */
  submitSearch(): void {
    const id = ++this.#jobsets
    const search = searchSpec(this.random)
    const spec = { kind: 'python', meta: { capabilities: [] }, initialize: { buildFile: file, files: [] }, options: search.options, search }
    this.db
      .prepare(
        `INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, spec, submitted_at, first_job, job_count)
         VALUES (?, ?, ?, 'lab', ?, 'python', 'active', 'anna', ?, ?, ?, 0)`,
      )
      .run(id, `u${id}p`, `r${id}`, `b${id}`, JSON.stringify(spec), id, id * 1000)
    const summary = JSON.stringify(noSummary(newSearch(search, 1)))
    this.db.prepare('INSERT INTO search (jobset, seed, summary) VALUES (?, 1, ?)').run(id, summary)
    this.service.submitted(id as JobsetId)
  }

  /** `dist search extend` or `stop`. */
  steerSearch(): void {
    const id = (this.random.below(this.#jobsets) + 1) as JobsetId
    if (!this.#isSearch(id)) return
    const done = this.random.chance(0.5) ? this.searches.extend(id, 1, 'me') : this.searches.stop(id, this.random.chance(0.5), 'me')
    // lost when the store fails or the head dies
    done.catch(() => {})
  }

  #isSearch(id: number): boolean {
    return this.db.prepare('SELECT 1 FROM search WHERE jobset = ?').get(id) !== undefined
  }

  /** kill -9 of the head; it starts again on the same folder. */
  async restartHead(): Promise<void> {
    this.loop.close()
    this.store.inner.close()
    for (const link of this.links.splice(0)) {
      link.headOpen = false
      link.cutAtHead(this.random)
    }
    ;({ store: this.store, loop: this.loop, service: this.service, nodes: this.nodes, searches: this.searches } = this.#start())
    await this.settle()
  }

  connect(machine: Machine): void {
    machine.connect(this.nodes)
    if (machine.link !== null && !this.links.includes(machine.link)) this.links.push(machine.link)
  }

  /** Lets everything run that needs no time and no outside. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) {
      for (let i = 0; i < 4; i++) await Promise.resolve()
      vi.advanceTimersByTime(0)
    }
  }

  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 1000) {
      this.#now += Math.min(left, 1000)
      vi.advanceTimersByTime(Math.min(left, 1000))
      for (const machine of this.machines) machine.dispatch({ kind: 'tick' })
    }
  }

  close(): void {
    this.#abort.abort()
    this.loop.close()
    this.store.inner.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #start(): { store: LateStore; loop: HeadLoop; service: HeadService; nodes: NodeService; searches: SearchService } {
    const store = new LateStore(this.folder)
    const loop = new HeadLoop({
      store,
      db: store.inner.reads,
      clock: { monotonic: () => this.#now, wall: () => this.#now },
      limits,
      newId: () => (++this.#ids).toString(16).padStart(32, '0') as AttemptId,
      warn: () => {},
    })
    store.broken = () => loop.rebuild()
    const facts = { id: 'h', version: '1', startedAt: 0, grpc: '', url: '' }
    const service = new HeadService({ facts, loop, db: store.inner.reads })
    loop.start()
    const optimiserOf = (): never => {
      throw new Error('no search here asks an optimiser')
    }
    const searches = new SearchService({ loop, head: service, reads: searchReads(store.inner.reads), optimiserOf, warn: () => {} })
    loop.searches = searches
    searches.start()
    return { store, loop, service, nodes: new NodeService(loop, () => {}), searches }
  }
}
