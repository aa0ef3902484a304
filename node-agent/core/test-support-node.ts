// Keepers, adapters and a head around the agent's core, for its tests: whatever is asked for happens later, in an order that
// the test chooses. Time stands still unless the test moves it.
import type { AttemptId, JobsetUid, Sha256 } from '../../shared/model/ids.ts'
import type { Effect } from './effect.ts'
import type { Event, HeadWork, HeldAttempt } from './event.ts'
import { heldItems } from './held.ts'
import { placeOf } from './place.ts'
import { newState, type State } from './state.ts'
import { step } from './step.ts'
import { SimulatedKeepers } from './test-support-keepers.ts'
import type { JobsetInfo, Work } from './work.ts'

const none: HeadWork = { jobsets: [], builds: [], jobs: [], verdicts: [], orders: [], idle: false }
const script = { name: 'run.py', sha256: '0'.repeat(64) as Sha256, size: 1, mode: 0o644 }

export const emptyJobset: Omit<JobsetInfo, 'uid'> = {
  namespace: 'a',
  batchName: 'b',
  kind: 'python',
  buildFile: null,
  buildCommand: null,
  sif: null,
  mounts: [],
  source: null,
  files: [],
  packed: false,
  share: false,
  trialRules: null,
}
export const emptyJob: Omit<Extract<Work, { kind: 'job' }>, 'id' | 'uid' | 'slot'> = {
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
  trial: null,
}

/** What the head knows of an attempt that it gave. */
export interface Given {
  readonly build: boolean
  readonly uid: JobsetUid
  finished: string[]
  returned: number
  /** FORGET was sent */
  forgotten: boolean
  /** orders to stop that wait for an answer */
  stops: number
}

export class SimulatedNode {
  readonly slots: number
  readonly ownBuilds: boolean
  state: State
  readonly given = new Map<AttemptId, Given>()
  /** answers of adapters and reports of the keepers that have not arrived yet */
  readonly pending: Event[] = []
  /** what the head has not said yet */
  readonly verdicts: AttemptId[] = []
  /** everything that the core had a keeper end */
  readonly killed = new Set<AttemptId>()
  readonly stopOrders = new Set<AttemptId>()
  readonly keepers: SimulatedKeepers
  now = 0
  ended = false
  /** it left while a session stood */
  toldAll = false
  online = false
  #ids = 0

  /** Every keeper has told what it holds, and a session stands. */
  constructor(slots = 1, ownBuilds = false) {
    this.slots = slots
    this.ownBuilds = ownBuilds
    this.keepers = new SimulatedKeepers(slots, this.pending)
    this.state = newState({ once: false, slots, ownBuilds, built: new Map() })
    for (let slot = 0; slot < slots; slot++) this.#inventory(slot)
    this.open()
  }

  dispatch(event: Event): void {
    for (const effect of step(this.state, event, this.now)) this.#obey(effect)
  }

  head(work: Partial<HeadWork>): void {
    if (this.online) this.dispatch({ kind: 'head', work: { ...none, ...work } })
  }

  newId(): AttemptId {
    return (++this.#ids).toString(16).padStart(32, '0') as AttemptId
  }

  /** On a node of several slots the jobset is a packed one. Nothing happens without a session. */
  giveBuild(uid: JobsetUid, buildFile: boolean, slot = 0): AttemptId {
    const id = this.newId()
    if (!this.online) return id
    this.given.set(id, { build: true, uid, finished: [], returned: 0, forgotten: false, stops: 0 })
    const info = { ...emptyJobset, uid, buildFile: buildFile ? script : null, packed: this.slots > 1 }
    this.head({ jobsets: [info], builds: [{ kind: 'build', id, uid, cores: 1, slot, rebuild: false }] })
    return id
  }

  giveJob(uid: JobsetUid, slot = 0): AttemptId {
    const id = this.newId()
    if (!this.online) return id
    this.given.set(id, { build: false, uid, finished: [], returned: 0, forgotten: false, stops: 0 })
    this.head({ jobs: [{ ...emptyJob, id, uid, slot }] })
    return id
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

  deliverAll(): void {
    while (this.pending.length > 0) this.deliver(0)
  }

  /** The slot's keeper takes the next job, or its job ends. */
  work(status: number, large: boolean, slot = 0): void {
    this.keepers.work(slot, status, large)
  }

  die(slot = 0): void {
    if (this.keepers.die(slot)) this.dispatch({ kind: 'keeper_gone', slot })
  }

  revive(slot = 0): void {
    if (this.keepers.revive(slot)) this.#inventory(slot)
  }

  /** kill -9 of the agent: what only its memory held is gone, the keepers and their journals stay */
  restart(): void {
    if (this.ended || this.keepers.all.includes(null)) return
    const built = new Map([...this.state.builds].flatMap(([place, build]) => (build.kind === 'built' ? [[place, build.id] as const] : [])))
    this.online = false
    this.verdicts.length = 0
    this.pending.length = 0
    this.state = newState({ once: false, slots: this.slots, ownBuilds: this.ownBuilds, built })
    for (let slot = 0; slot < this.slots; slot++) this.#inventory(slot)
  }

  /** Lets everything happen that is under way. */
  settle(): void {
    for (let turn = 0; turn < 2000; turn++) {
      for (let slot = 0; slot < this.slots; slot++) this.revive(slot)
      if (!this.ended) this.open()
      if (this.pending.length + this.verdicts.length + this.keepers.held().length === 0) return
      this.deliver(0)
      this.verdict()
      for (let slot = 0; slot < this.slots; slot++) this.work(0, false, slot)
      this.now += 100
      this.dispatch({ kind: 'tick' })
    }
    throw new Error('it never settles')
  }

  #inventory(slot: number): void {
    const held = (id: AttemptId): HeldAttempt => {
      const { uid, build } = this.given.get(id) ?? { uid: '' as JobsetUid, build: false }
      const jobset = { ...emptyJobset, uid, buildFile: script, packed: this.slots > 1 }
      return { id, uid, build, place: placeOf(jobset, slot, this.ownBuilds) }
    }
    this.dispatch({ kind: 'inventory', slot, inventory: this.keepers.inventory(slot, held) })
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
        this.keepers.push(effect.attempt.work.slot, effect.attempt.work.id)
        return
      case 'drop':
        this.keepers.drop(effect.slot, effect.id)
        return
      case 'kill':
        this.killed.add(effect.id)
        this.keepers.kill(effect.slot, effect.id, effect.why)
        return
      case 'forget':
        this.keepers.forget(effect.slot, effect.id)
        return
      case 'sync':
        this.pending.push({ kind: 'synced', ok: true })
        return
      case 'collect':
        this.pending.push({ kind: 'collected', id: effect.id, left: { body: { kind: 'large' }, notices: [], problem: null, trial: null } })
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
}
