// A compute node of the simulator: the agent's real core, with a keeper and adapters that answer when they are told to.
import type { Effect } from '../../node-agent/core/effect.ts'
import type { Event, HeadWork, Inventory } from '../../node-agent/core/event.ts'
import { builtPlaces, heldItems } from '../../node-agent/core/held.ts'
import { commonPlace, uidOf } from '../../node-agent/core/place.ts'
import { newState, type State } from '../../node-agent/core/state.ts'
import { step } from '../../node-agent/core/step.ts'
import type { Exit, JobsetInfo, Result } from '../../node-agent/core/work.ts'
import type { NodeMessage } from '../../server/core/effects.ts'
import type { NodeFacts } from '../../server/core/state.ts'
import type { FinishItem } from '../../server/ports/finish-item.ts'
import type { NodePort } from '../../server/ports/nodes.ts'
import type { AttemptId, JobsetUid, NodeId } from '../../shared/model/ids.ts'
import { headWork } from './head-work.ts'
import { Link } from './link.ts'
import type { Random } from './random.ts'

/** the only one */
const slot = 0

interface Held {
  readonly id: AttemptId
  readonly uid: JobsetUid
  readonly build: boolean
}

export class Machine {
  readonly node: NodeId
  readonly facts: NodeFacts
  link: Link | null = null
  state: State = newState({ once: false, slots: 1, ownBuilds: false, built: new Map() })
  /** answers of adapters, reports of the keeper */
  readonly pending: Event[] = []
  queue: Held[] = []
  running: Held | null = null
  readonly journal = new Map<AttemptId, Event & { kind: 'exited' }>()
  keeperUp = true
  readonly #random: Random
  readonly #jobset: (uid: JobsetUid) => JobsetInfo
  readonly #now: () => number
  #work: (message: NodeMessage) => HeadWork

  constructor(parts: { node: NodeId; random: Random; jobset: (uid: JobsetUid) => JobsetInfo; now: () => number }) {
    this.node = parts.node
    this.#random = parts.random
    this.#jobset = parts.jobset
    this.#now = parts.now
    this.#work = headWork(this.#jobset)
    this.facts = {
      id: parts.node,
      name: parts.node,
      capabilities: [],
      cores: 2,
      memory: 1e9,
      slots: 1,
      diskLow: false,
      once: false,
      draining: false,
    }
    this.inventory()
  }

  dispatch(event: Event): void {
    for (const effect of step(this.state, event, this.#now())) this.#obey(effect)
  }

  get idle(): boolean {
    return this.pending.length === 0 && this.queue.length === 0 && this.running === null && this.state.attempts.size === 0
  }

  connect(service: NodePort): void {
    if (this.link !== null || this.state.ended) return
    const link = new Link(this.node, service)
    this.link = link
    this.#work = headWork(this.#jobset)
    const held = heldItems(this.state).map((item) => ({ attempt: item.id, state: item.state, build: item.build }))
    const built = builtPlaces(this.state).map(uidOf)
    const { name: _, ...seen } = { ...this.facts, node: this.node, machine: 'm', version: '1' }
    link.toHead.push((head) => head.connect(link, this.facts, seen, held, built))
    this.dispatch({ kind: 'opened' })
  }

  /** The connection is gone, at this end first. */
  cut(): void {
    this.link?.cutAtAgent(this.#random)
    this.#closed()
  }

  receive(): void {
    const message = this.link?.toAgent.shift()
    if (message === undefined) return
    if (message.kind === 'closed') {
      if (this.link !== null) this.link.agentOpen = false
      this.#closed()
    } else this.dispatch({ kind: 'head', work: this.#work(message) })
  }

  deliver(): void {
    const [event] = this.pending.splice(this.#random.below(this.pending.length), 1)
    if (event !== undefined) this.dispatch(event)
  }

  /** The keeper starts the next job, or its job ends. */
  advance(): void {
    if (!this.keeperUp) return
    if (this.running === null) {
      this.running = this.queue.shift() ?? null
      if (this.running !== null) this.pending.push({ kind: 'started', id: this.running.id, at: 1 })
    } else this.#exit(this.#random.chance(0.1) ? 256 : 0, null)
  }

  /** kill -9 of the agent: its memory is gone, the keeper and its journal stay. */
  restart(): void {
    this.#renew()
    this.inventory()
  }

  /** The machine was switched off and on: only what is on disk stays. */
  reboot(): void {
    if (this.running !== null) this.#exit(9, 'lost')
    this.queue = []
    this.#renew()
    this.inventory()
  }

  /** The agent is asked to stop; a stopped one starts anew. */
  stop(): void {
    if (this.state.ended) this.restart()
    else this.dispatch({ kind: 'stop' })
  }

  killKeeper(): void {
    if (!this.keeperUp) return
    if (this.running !== null) this.#exit(9, 'lost')
    this.queue = []
    const rest = this.pending.filter((event) => !['started', 'exited', 'dropped', 'moved', 'unstartable'].includes(event.kind))
    this.pending.splice(0, this.pending.length, ...rest)
    this.keeperUp = false
    this.dispatch({ kind: 'keeper_gone', slot })
  }

  reviveKeeper(): void {
    if (this.keeperUp) return
    this.keeperUp = true
    this.inventory()
  }

  inventory(): void {
    const held = (item: Held) => ({ ...item, place: commonPlace(item.uid) })
    const ended: Inventory['ended'] = [...this.journal.values()].map(({ id, exit }) => ({
      ...held(this.#held.get(id) ?? { id, uid: '' as JobsetUid, build: false }),
      startedAt: 1,
      end: { kind: 'exit', exit },
    }))
    const running = this.running === null ? null : { ...held(this.running), at: 1, moved: false }
    this.dispatch({ kind: 'inventory', slot, inventory: { running, queue: this.queue.map(held), ended } })
  }

  readonly #held = new Map<AttemptId, Held>()

  #renew(): void {
    const built = new Map([...this.state.builds].flatMap(([place, build]) => (build.kind === 'built' ? [[place, build.id] as const] : [])))
    this.link?.cutAtAgent(this.#random)
    this.link = null
    this.pending.length = 0
    this.keeperUp = true
    this.state = newState({ once: false, slots: 1, ownBuilds: false, built })
  }

  #closed(): void {
    this.link = null
    this.dispatch({ kind: 'closed' })
  }

  #exit(status: number, why: string | null): void {
    const { running } = this
    if (running === null) return
    this.running = null
    const usage = { wallSeconds: 1, userSeconds: 1, systemSeconds: 0, peakMemory: 1, memorySource: 'rusage' }
    const exit: Exit = { status, why, usage, output: new Uint8Array(), outOfMemory: false, files: [], folders: [], notices: [] }
    const event = { kind: 'exited', id: running.id, exit, startedAt: 1 } as const
    this.journal.set(running.id, event)
    this.pending.push(event)
  }

  #tell(frame: (service: NodePort) => void): void {
    if (this.link?.agentOpen === true) this.link.toHead.push(frame)
  }

  #obey(effect: Effect): void {
    const { node } = this
    switch (effect.kind) {
      case 'tell_started':
        this.#tell((head) => head.started([{ attempt: effect.id, node, at: effect.at }]))
        return
      case 'tell_finished': {
        const item = finishItem(node, effect.id, effect.result)
        this.#tell((head) => (effect.build ? head.buildFinished(node, item) : head.finished(node, [item])))
        return
      }
      case 'tell_build':
        this.#tell((head) => head.buildStarted(node, effect.id, effect.at ?? 1))
        return
      case 'tell_returned':
        this.#tell((head) => head.returned([{ attempt: effect.id, node, reason: effect.reason }]))
        return
      case 'tell_stopped':
        this.#tell((head) => head.returned([{ attempt: effect.id, node, reason: 'stopped' }]))
        return
      case 'stage': {
        const { id } = effect.attempt.work
        if (this.#random.chance(0.05)) this.pending.push({ kind: 'stage_failed', id, reason: 'disk full', again: true })
        else this.pending.push({ kind: 'staged', id, folder: false })
        return
      }
      case 'keep_build':
        this.pending.push({ kind: 'kept', id: effect.id })
        return
      case 'run': {
        const { work } = effect.attempt
        const held = { id: work.id, uid: work.uid, build: work.kind === 'build' }
        this.#held.set(work.id, held)
        this.queue.push(held)
        return
      }
      case 'drop':
        this.#takeBack(effect.id)
        return
      case 'kill':
        if (this.running?.id === effect.id) this.#exit(15, effect.why)
        else this.#takeBack(effect.id)
        return
      case 'forget':
        this.journal.delete(effect.id)
        return
      case 'collect':
        this.pending.push({
          kind: 'collected',
          id: effect.id,
          left: { body: { kind: 'small', output: new Uint8Array(), files: [], folders: [] }, notices: [], problem: null },
        })
        return
      case 'sync':
        this.pending.push({ kind: 'synced', ok: true })
        return
      case 'done': {
        const { link } = this
        this.#tell((head) => {
          if (link === null) return
          head.goodbye(link)
          link.endAtHead()
        })
        this.link = null
        return
      }
      default:
    }
  }

  #takeBack(id: AttemptId): void {
    const at = this.queue.findIndex((item) => item.id === id)
    if (at < 0) return
    this.queue.splice(at, 1)
    this.pending.push({ kind: 'dropped', id })
  }
}

function finishItem(node: NodeId, id: AttemptId, result: Result): FinishItem {
  const { started, startedAt, outcome, usage, notices } = result
  return { id, node, started, startedAt, outcome, usage, notices, result: { kind: 'none' } }
}
