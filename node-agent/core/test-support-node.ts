// A keeper, adapters and a head around the agent's core, for its property test: whatever is asked for happens later,
// in an order that the test chooses. Time stands still unless the test moves it.
import type { AttemptId, JobsetUid, Sha256 } from '../../shared/model/ids.ts'
import type { Effect } from './effect.ts'
import type { Event, HeadWork } from './event.ts'
import { heldItems } from './held.ts'
import { newState, type State } from './state.ts'
import { step } from './step.ts'
import type { Exit, JobsetInfo, Work } from './work.ts'

const none: HeadWork = { jobsets: [], builds: [], jobs: [], verdicts: [], orders: [], idle: false }
const script = { name: 'run.py', sha256: '0'.repeat(64) as Sha256, size: 1, mode: 0o644 }

const emptyJobset: Omit<JobsetInfo, 'uid'> = {
  namespace: 'a',
  batchName: 'b',
  kind: 'python',
  buildFile: null,
  buildCommand: null,
  sif: null,
  mounts: [],
  source: null,
  files: [],
}
const emptyJob: Omit<Extract<Work, { kind: 'job' }>, 'id' | 'uid'> = {
  kind: 'job',
  cores: 1,
  jobName: 'j',
  number: 1,
  script,
  run: null,
  files: [],
  args: [],
  env: {},
  timeLimit: null,
  params: null,
  nice: 0,
  save: null,
  memory: null,
  gpus: [],
}

/** What the head knows of an attempt that it gave. */
export interface Given {
  readonly build: boolean
  finished: string[]
  returned: number
  /** FORGET was sent */
  forgotten: boolean
  /** orders to stop that wait for an answer */
  stops: number
}

interface Slot {
  queue: { id: AttemptId; build: boolean }[]
  running: { id: AttemptId; build: boolean } | null
  journal: Map<AttemptId, Event>
}

export class SimulatedNode {
  state: State = newState({ once: false, built: new Map() })
  readonly given = new Map<AttemptId, Given>()
  /** answers of adapters and reports of the keeper that have not arrived yet */
  readonly pending: Event[] = []
  /** what the head has not said yet */
  readonly verdicts: AttemptId[] = []
  /** everything that the core had the keeper end */
  readonly killed = new Set<AttemptId>()
  readonly stopOrders = new Set<AttemptId>()
  keeper: Slot | null = { queue: [], running: null, journal: new Map() }
  now = 0
  ended = false
  /** it left while a session stood */
  toldAll = false
  online = false
  #ids = 0

  dispatch(event: Event): void {
    for (const effect of step(this.state, event, this.now)) this.#obey(effect)
  }

  head(work: Partial<HeadWork>): void {
    if (this.online) this.dispatch({ kind: 'head', work: { ...none, ...work } })
  }

  newId(): AttemptId {
    return (++this.#ids).toString(16).padStart(32, '0') as AttemptId
  }

  giveBuild(uid: JobsetUid, buildFile: boolean): void {
    if (!this.online) return
    const id = this.newId()
    this.given.set(id, { build: true, finished: [], returned: 0, forgotten: false, stops: 0 })
    const buildOf = buildFile ? script : null
    const info = { ...emptyJobset, uid, buildFile: buildOf }
    this.head({ jobsets: [info], builds: [{ kind: 'build', id, uid, cores: 1 }] })
  }

  giveJob(uid: JobsetUid): void {
    if (!this.online) return
    const id = this.newId()
    this.given.set(id, { build: false, finished: [], returned: 0, forgotten: false, stops: 0 })
    const job: Extract<Work, { kind: 'job' }> = { ...emptyJob, id, uid }
    this.head({ jobs: [job] })
  }

  order(id: AttemptId, kind: 'drop' | 'stop'): void {
    const given = this.given.get(id)
    if (given === undefined || !this.online) return
    if (kind === 'stop') {
      given.stops++
      this.stopOrders.add(id)
    }
    this.head({ orders: [{ id, kind }] })
  }

  /** A session begins: the head answers the inventory, and counts as gone what it does not find there. */
  open(): void {
    if (this.online || this.ended) return
    const held = heldItems(this.state)
    this.online = true
    this.dispatch({ kind: 'opened' })
    const here = new Set(held.map((item) => item.id))
    for (const [id, given] of this.given) {
      given.stops = 0
      if (!here.has(id) && given.finished.length === 0) given.returned = Math.max(given.returned, 1)
    }
    this.head({ verdicts: held.map((item) => ({ id: item.id, kind: item.state === 'finished' ? 'send' : 'keep' })) })
  }

  close(): void {
    this.online = false
    this.verdicts.length = 0
    this.dispatch({ kind: 'closed' })
  }

  /** The head's verdict on the oldest result that it was told. */
  verdict(): void {
    const id = this.verdicts.shift()
    const given = id === undefined ? undefined : this.given.get(id)
    if (id === undefined || given === undefined) return
    given.forgotten = true
    this.head({ verdicts: [{ id, kind: 'forget' }] })
  }

  deliver(index: number): void {
    const [event] = this.pending.splice(index % Math.max(1, this.pending.length), 1)
    if (event !== undefined) this.dispatch(event)
  }

  /** The keeper takes the next job, or its job ends with `status` and a large or small result. */
  work(status: number, large: boolean): void {
    const { keeper } = this
    if (keeper === null) return
    if (keeper.running === null) {
      keeper.running = keeper.queue.shift() ?? null
      if (keeper.running !== null && large) this.pending.push({ kind: 'started', id: keeper.running.id, at: 1 })
    } else this.#exit(keeper, status, null, large)
  }

  die(): void {
    if (this.keeper === null) return
    const { running, journal } = this.keeper
    if (running !== null) this.#exit(this.keeper, 9, 'lost', false)
    this.#dropReports()
    this.keeper = null
    this.dispatch({ kind: 'keeper_gone' })
    this.#journal = journal
  }

  /** kill -9 of the agent: what only its memory held is gone, the keeper and its journal stay */
  restart(): void {
    if (this.ended || this.keeper === null) return
    const built = new Map([...this.state.builds].flatMap(([uid, build]) => (build.kind === 'built' ? [[uid, build.id] as const] : [])))
    this.online = false
    this.verdicts.length = 0
    this.pending.length = 0
    this.state = newState({ once: false, built })
    this.#inventory()
  }

  #journal = new Map<AttemptId, Event>()

  revive(): void {
    if (this.keeper !== null) return
    this.keeper = { queue: [], running: null, journal: this.#journal }
    this.#inventory()
  }

  #inventory(): void {
    const { keeper } = this
    if (keeper === null) return
    const uid = 'u' as JobsetUid
    const ended = [...keeper.journal.values()].flatMap((event) =>
      event.kind === 'exited'
        ? [
            {
              id: event.id,
              uid,
              build: this.given.get(event.id)?.build ?? false,
              startedAt: 1,
              end: { kind: 'exit' as const, exit: event.exit },
            },
          ]
        : [],
    )
    const held = (item: { id: AttemptId; build: boolean }) => ({ ...item, uid })
    const running = keeper.running === null ? null : { ...held(keeper.running), at: 1, moved: false }
    this.dispatch({ kind: 'inventory', inventory: { running, queue: keeper.queue.map(held), ended } })
  }

  /** Reports of a dead keeper never arrive; answers of our own adapters do. */
  #dropReports(): void {
    const reports = ['started', 'exited', 'dropped', 'moved', 'unstartable']
    const rest = this.pending.filter((event) => !reports.includes(event.kind))
    this.pending.splice(0, this.pending.length, ...rest)
  }

  #exit(keeper: Slot, status: number, why: string | null, large: boolean): void {
    const { running } = keeper
    if (running === null) return
    keeper.running = null
    const usage = { wallSeconds: 1, userSeconds: 1, systemSeconds: 0, peakMemory: 1, memorySource: 'rusage' }
    const output = large ? null : new Uint8Array()
    const exit: Exit = { status, why, outOfMemory: false, usage, output, files: large ? null : [], folders: [], notices: [] }
    const event: Event = { kind: 'exited', id: running.id, exit, startedAt: 1 }
    keeper.journal.set(running.id, event)
    this.pending.push(event)
  }

  #obey(effect: Effect): void {
    switch (effect.kind) {
      case 'tell_finished': {
        if (!this.online) return
        this.given.get(effect.id)?.finished.push(effect.result.outcome.kind)
        this.verdicts.push(effect.id)
        return
      }
      case 'tell_returned': {
        const given = this.given.get(effect.id)
        if (given !== undefined && this.online) given.returned++
        return
      }
      case 'tell_stopped': {
        const given = this.given.get(effect.id)
        if (given !== undefined) given.stops = 0
        return
      }
      case 'stage':
        this.pending.push({ kind: 'staged', id: effect.attempt.work.id, folder: false })
        return
      case 'unstage':
        return
      case 'keep_build':
        this.pending.push({ kind: 'kept', id: effect.id })
        return
      case 'run':
        if (this.keeper === null) throw new Error('given to a keeper that is not there')
        this.keeper.queue.push({ id: effect.attempt.work.id, build: effect.attempt.work.kind === 'build' })
        return
      case 'drop':
        this.#takeBack(effect.id)
        return
      case 'kill':
        this.killed.add(effect.id)
        if (this.keeper?.running?.id === effect.id) this.#exit(this.keeper, 15, effect.why, false)
        else this.#takeBack(effect.id)
        return
      case 'forget':
        this.keeper?.journal.delete(effect.id)
        this.#journal.delete(effect.id)
        return
      case 'sync':
        this.pending.push({ kind: 'synced', ok: true })
        return
      case 'collect':
        this.pending.push({ kind: 'collected', id: effect.id, left: { body: { kind: 'large' }, notices: [], problem: null } })
        return
      case 'ship':
        this.pending.push(this.online ? { kind: 'shipped', id: effect.id } : { kind: 'ship_paused', id: effect.id })
        return
      case 'done':
        this.ended = true
        this.toldAll = this.online
        this.online = false
    }
  }

  #takeBack(id: AttemptId): void {
    const { keeper } = this
    const at = keeper?.queue.findIndex((item) => item.id === id) ?? -1
    if (keeper === null || at < 0) return
    keeper.queue.splice(at, 1)
    this.pending.push({ kind: 'dropped', id })
  }
}
