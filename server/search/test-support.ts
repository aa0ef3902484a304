// A head without its edges for the tests beside: real store, loop and searches, one node whose trials end as the test says,
// and an optimiser that counts. Starting it again on the same folder is a head that was killed.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AttemptId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import type { JobsetSpec } from '../../shared/model/jobset.ts'
import type { SearchSpec } from '../../shared/model/search.ts'
import type { TrialEnd, TrialJob } from '../../shared/model/trial.ts'
import type { NodeMessage } from '../core/effects.ts'
import { defaultLimits, type NodeFacts } from '../core/state.ts'
import { HeadLoop } from '../loop/head-loop.ts'
import { HeadService } from '../loop/head-service.ts'
import { NodeService } from '../loop/node-service.ts'
import type { FinishItem } from '../ports/finish-item.ts'
import type { SessionPort } from '../ports/nodes.ts'
import { searchReads } from '../store/reads/searches.ts'
import { openTestStore, type TestStore } from '../store/test-support.ts'
import { SearchService } from './search-service.ts'
import { FakeOptimiser, type Faults } from './test-support-optimiser.ts'
import { type Play, specOf, square } from './test-support-specs.ts'

const node = 'n1' as NodeId
const uid = '0123456789abcdef'
export const sweep = 1 as JobsetId

export interface SearchBench extends Faults {
  readonly store: TestStore
  readonly loop: HeadLoop
  readonly head: HeadService
  readonly searches: SearchService
  readonly optimisers: readonly FakeOptimiser[]
  readonly warnings: readonly string[]
  /** trials that run now, in the order of their starts */
  readonly running: readonly TrialJob[]
  finish(trial: number, end: TrialEnd, more?: Partial<FinishItem>): void
  submit(search: SearchSpec<never>, change?: Partial<JobsetSpec>): Promise<void>
  /** resolves when this is true, looked at whenever anything changed */
  until(done: () => boolean): Promise<void>
  done(): Promise<void>
  /** events as the history has them */
  events(): readonly string[]
  readonly died: Promise<void>
  /** as a kill would: nothing that is on its way arrives */
  close(): void
}

export interface BenchOptions {
  readonly play?: Play
  /** suggestions that the optimiser has */
  readonly most?: number
  /** called before every transition that the searches ask for; throwing is a store that refuses */
  readonly before?: (name: string, step: number) => void
  /** the head dies before or after this transition, whose answer it does not hear then */
  readonly dies?: (name: string, step: number) => 'before' | 'after' | null
  /** false: no node comes */
  readonly connects?: boolean
}

export function openBench(
  folder: string,
  { play = square, most = 1000, before = () => undefined, dies = () => null, connects = true }: BenchOptions = {},
): SearchBench {
  for (const name of ['results', 'packs']) mkdirSync(join(folder, name), { recursive: true })
  const store = openTestStore(folder)
  const warnings: string[] = []
  const clock = { monotonic: () => performance.now(), wall: () => Date.now() }
  const slots = 8
  let steps = 0
  let dead = false
  let tell = (): void => undefined
  const died = new Promise<void>((resolve) => {
    tell = resolve
  })
  const die = (): Promise<never> => {
    dead = true
    tell()
    return new Promise(() => undefined)
  }
  let lastId = Date.now()
  let turn: Promise<unknown> = Promise.resolve()
  const guarded: Pick<TestStore, 'run'> = {
    run(name, input) {
      // a dead head hears of nothing
      if (dead) return new Promise(() => undefined)
      const when = dies(name, steps)
      if (when === 'before') return die()
      try {
        before(name, steps++)
      } catch (error) {
        return Promise.reject(error)
      }
      // later and in order, as the writer's thread does: what was asked for is not in the rows yet when the next is decided
      const written = turn.then(() => (dead ? die() : store.run(name, input)))
      turn = written.catch(() => undefined)
      return written.then((output) => (dead || when === 'after' ? die() : output))
    },
  }
  const loop = new HeadLoop({
    store: guarded,
    db: store.reads,
    clock,
    limits: defaultLimits,
    newId: () => (++lastId).toString(16).padStart(32, '0') as AttemptId,
    warn: (text) => void warnings.push(text),
  })
  const facts = { id: 'head', version: '1', startedAt: 0, grpc: '', url: '' }
  const head = new HeadService({ facts, loop, db: store.reads })
  loop.start()
  const optimisers: FakeOptimiser[] = []
  const searches = new SearchService({
    loop,
    head,
    reads: searchReads(store.reads),
    optimiserOf: (run) => {
      const optimiser = new FakeOptimiser(() => run.history, most, bench)
      optimisers.push(optimiser)
      return optimiser
    },
    warn: (text) => void warnings.push(text),
  })
  loop.searches = searches
  const nodes = new NodeService(loop, () => undefined)
  const running = new Map<AttemptId, TrialJob>()
  const finish = (attempt: AttemptId, end: TrialEnd, more: Partial<FinishItem> = {}): void => {
    running.delete(attempt)
    const trial = { end, report: null, broken: null }
    const usage = { wallSeconds: 0, userSeconds: 0, systemSeconds: 0, peakMemory: 0, memorySource: '' }
    const result = { kind: 'none' } as const
    nodes.finished(node, [
      { id: attempt, node, started: true, startedAt: 1, outcome: { kind: 'succeeded' }, usage, notices: [], result, trial, ...more },
    ])
  }
  const session: SessionPort = {
    number: 1,
    node,
    machine: 'm',
    bearer: '',
    end: () => undefined,
    send(message: NodeMessage) {
      if (dead) return
      if (message.kind === 'build') {
        nodes.buildStarted(node, message.build, 1)
        const outcome = { kind: 'succeeded' } as const
        nodes.buildFinished(node, {
          ...{ id: message.build, node, started: true, startedAt: 1, outcome, usage: null, notices: [], trial: null },
          result: { kind: 'none' },
        })
      } else if (message.kind === 'assign' && message.spec.trial !== undefined) {
        const { trial } = message.spec
        nodes.started([{ attempt: message.attempt, node, at: 1 }])
        const end = play(trial)
        if (end === null) running.set(message.attempt, trial)
        else finish(message.attempt, end)
      } else if (message.kind === 'order') {
        running.delete(message.attempt)
        nodes.returned([{ attempt: message.attempt, node, reason: 'stopped' }])
      } else if (message.kind === 'verdict' && message.verdict === 'send') warnings.push(`send ${message.reason}`)
    },
  }
  const nodeFacts: NodeFacts = {
    ...{ id: node, name: 'n1', capabilities: [], cores: slots, memory: 1e9, slots, gpus: 0, disk: 1e9 },
    ...{ ownBuilds: false, diskLow: false, once: false, draining: false },
  }
  const seen = {
    ...{ node, machine: 'm', capabilities: [], cores: slots, memory: 1e9, slots, gpus: 0, disk: 1e9 },
    ...{ ownBuilds: false, pinning: '', version: '1' },
  }
  store.db.prepare("INSERT OR IGNORE INTO node (id, key, name, joined_at) VALUES ('n1', 'k', 'n1', 0)").run()
  const ended = new AbortController()
  const bench: SearchBench = {
    refuse: null,
    gate: null,
    ahead: Number.POSITIVE_INFINITY,
    died,
    store,
    loop,
    head,
    searches,
    optimisers,
    warnings,
    get running() {
      return [...running.values()]
    },
    finish(trial, end, more) {
      const attempt = [...running].find(([, job]) => job.number === trial)?.[0]
      if (attempt === undefined) throw new Error(`trial ${trial} does not run`)
      finish(attempt, end, more)
    },
    async submit(search, change = {}) {
      const spec = { ...specOf(search), ...change }
      const id = 'd'.repeat(32)
      await store.run('createDraft', { id, owner: 'anna', spec, text: '', jobCount: 0 })
      await head.commitDraft({ draft: id, by: null, uid })
    },
    async until(done) {
      const came = await loop.revisions.until(() => dead || done(), 10_000, ended.signal)
      if (dead) return new Promise(() => undefined)
      if (!came) throw new Error(`it did not come about: ${bench.events().join(', ')}`)
    },
    done: () => bench.until(() => head.jobset(sweep).state !== 'active'),
    events: () =>
      [...searchReads(store.reads).events(sweep)].map(({ kind, trial, body }) => {
        const end = kind === 'ended' ? (JSON.parse(body ?? '') as { run: number; end: TrialEnd }) : null
        return [kind, ...(trial === null ? [] : [trial]), ...(end === null || end.end.kind === 'reported' ? [] : [end.end.kind])].join(' ')
      }),
    close() {
      dead = true
      ended.abort()
      loop.close()
      void searches.close()
      store.close()
    },
  }
  searches.start()
  if (connects) nodes.connect(session, nodeFacts, seen, [], [uid])
  return bench
}
