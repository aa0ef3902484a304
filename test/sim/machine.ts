// A compute node of the simulator: the agent's real core, with a keeper and adapters that answer when they are told to.
import type { Effect } from '../../node-agent/core/effect.ts'
import type { Event, HeadWork } from '../../node-agent/core/event.ts'
import { builtPlaces, heldItems } from '../../node-agent/core/held.ts'
import { newState, type State } from '../../node-agent/core/state.ts'
import { step } from '../../node-agent/core/step.ts'
import type { JobsetInfo, Result } from '../../node-agent/core/work.ts'
import type { NodeMessage } from '../../server/core/effects.ts'
import type { NodeFacts } from '../../server/core/state.ts'
import type { FinishItem } from '../../server/ports/finish-item.ts'
import type { NodePort } from '../../server/ports/nodes.ts'
import type { AttemptId, JobsetUid, NodeId } from '../../shared/model/ids.ts'
import { headWork } from './head-work.ts'
import { SimKeeper } from './keeper.ts'
import { Link } from './link.ts'
import type { Random } from './random.ts'

/** events that come from a keeper */
const ofKeeper: ReadonlySet<Event['kind']> = new Set(['started', 'exited', 'dropped', 'moved', 'unstartable'])

export class Machine {
  readonly node: NodeId
  readonly facts: NodeFacts
  link: Link | null = null
  state: State
  /** answers of adapters, reports of the keepers */
  readonly pending: Event[] = []
  readonly keepers: readonly SimKeeper[]
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
    const slots = 1 + this.#random.below(3)
    this.facts = {
      id: parts.node,
      name: parts.node,
      capabilities: [],
      cores: slots,
      memory: 1e9,
      slots,
      gpus: this.#random.below(2),
      disk: 1e9,
      ownBuilds: this.#random.chance(0.5),
      diskLow: false,
      once: false,
      draining: false,
    }
    this.keepers = Array.from({ length: slots }, (_, slot) => new SimKeeper(slot, (event) => this.pending.push(event)))
    this.state = newState({ once: false, slots, ownBuilds: this.facts.ownBuilds, built: new Map() })
    this.#inventories()
  }

  dispatch(event: Event): void {
    for (const effect of step(this.state, event, this.#now())) this.#obey(effect)
  }

  get idle(): boolean {
    const quiet = this.keepers.every(({ queue, running }) => queue.length === 0 && running === null)
    return this.pending.length === 0 && quiet && this.state.attempts.size === 0
  }

  connect(service: NodePort): void {
    if (this.link !== null || this.state.ended) return
    const link = new Link(this.node, service)
    this.link = link
    this.#work = headWork(this.#jobset)
    const held = heldItems(this.state).map((item) => ({ attempt: item.id, state: item.state, build: item.build }))
    const built = builtPlaces(this.state)
    const { name: _, ...seen } = { ...this.facts, node: this.node, machine: 'm', pinning: '', version: '1' }
    link.toHead.push((head) => head.connect(link, this.facts, seen, held, built))
    this.dispatch({ kind: 'opened' })
  }

  /** The connection is gone, at this end first. */
  cut(): void {
    this.link?.cutAtAgent(this.#random)
    this.#closed()
  }

  /** Answers what it heard. */
  receive(): string | null {
    const message = this.link?.toAgent.shift()
    if (message === undefined) return null
    if (message.kind === 'closed') {
      if (this.link !== null) this.link.agentOpen = false
      this.#closed()
    } else this.dispatch({ kind: 'head', work: this.#work(message) })
    return message.kind
  }

  /** Answers what it was told. */
  deliver(): string | null {
    const [event] = this.pending.splice(this.#random.below(this.pending.length), 1)
    if (event !== undefined) this.dispatch(event)
    return event?.kind ?? null
  }

  /** A keeper starts its next job, or its job ends. */
  advance(): void {
    this.#random.pick(this.keepers)?.advance(this.#random.chance(0.1) ? 256 : 0)
  }

  advanceAll(): void {
    for (const keeper of this.keepers) keeper.advance(this.#random.chance(0.1) ? 256 : 0)
  }

  /** kill -9 of the agent: its memory is gone, the keepers and their journals stay. */
  restart(): void {
    this.#renew()
    this.#inventories()
  }

  /** The machine was switched off and on: only what is on disk stays. */
  reboot(): void {
    for (const keeper of this.keepers) keeper.lose()
    this.#renew()
    this.#inventories()
  }

  /** The agent is asked to stop; a stopped one starts anew. */
  stop(): void {
    if (this.state.ended) this.restart()
    else this.dispatch({ kind: 'stop' })
  }

  /** What it reported and nobody has read yet is lost with it; the journal tells. */
  killKeeper(): void {
    const keeper = this.#random.pick(this.keepers)
    if (keeper?.up !== true) return
    const theirs = new Set([keeper.running, ...keeper.queue, ...keeper.journal.values()].map((item) => item?.id))
    keeper.lose()
    const rest = this.pending.filter((event) => !('id' in event && theirs.has(event.id) && ofKeeper.has(event.kind)))
    this.pending.splice(0, this.pending.length, ...rest)
    keeper.up = false
    this.dispatch({ kind: 'keeper_gone', slot: keeper.slot })
  }

  reviveKeepers(): void {
    for (const keeper of this.keepers) {
      if (keeper.up) continue
      keeper.up = true
      this.dispatch(keeper.inventory())
    }
  }

  #inventories(): void {
    for (const keeper of this.keepers) this.dispatch(keeper.inventory())
  }

  #renew(): void {
    const built = new Map([...this.state.builds].flatMap(([place, build]) => (build.kind === 'built' ? [[place, build.id] as const] : [])))
    this.link?.cutAtAgent(this.#random)
    this.link = null
    this.pending.length = 0
    for (const keeper of this.keepers) keeper.up = true
    const { slots, ownBuilds } = this.facts
    this.state = newState({ once: false, slots, ownBuilds, built })
  }

  #closed(): void {
    this.link = null
    this.dispatch({ kind: 'closed' })
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
        const { work, place } = effect.attempt
        this.keepers[work.slot]?.take({ id: work.id, uid: work.uid, place, build: work.kind === 'build' })
        return
      }
      case 'drop':
        this.keepers[effect.slot]?.takeBack(effect.id)
        return
      case 'kill':
        this.keepers[effect.slot]?.kill(effect.id, effect.why)
        return
      case 'forget':
        for (const keeper of this.keepers) keeper.journal.delete(effect.id)
        return
      case 'collect':
        this.pending.push({
          kind: 'collected',
          id: effect.id,
          left: { body: { kind: 'small', output: new Uint8Array(), files: [], folders: [] }, notices: [], problem: null, trial: null },
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
}

function finishItem(node: NodeId, id: AttemptId, result: Result): FinishItem {
  const { started, startedAt, outcome, usage, notices } = result
  return { id, node, started, startedAt, outcome, usage, notices, trial: null, result: { kind: 'none' } }
}
