// No over-building: a node builds for a jobset only while that has more ready jobs than places that build for it or have it
// built and are free. Counted once a pass and jobset, when the first node asks; made by plan.ts for one pass.
import type { JobsetId } from '../../shared/model/ids.ts'
import { buildPlace } from './builds.ts'
import { capacity } from './fit.ts'
import { lanesOf } from './lanes.ts'
import { canRunClass, demandOn } from './match.ts'
import type { Core, JobsetState, Lane, NodeState } from './state.ts'

const noLanes: ReadonlyMap<number, Lane> = new Map()

export class Worth {
  readonly #core: Core
  readonly #nodes: readonly NodeState[]
  /** jobs that could start without another build, by jobset */
  readonly #coming = new Map<JobsetId, number>()

  constructor(core: Core, nodes: readonly NodeState[]) {
    this.#core = core
    this.#nodes = nodes
  }

  /** True when one more build would have work. */
  building(jobset: JobsetState): boolean {
    return jobset.ready.known > this.#of(jobset)
  }

  /** A build was ordered on the node. */
  ordered(node: NodeState, jobset: JobsetState): void {
    this.#coming.set(jobset.facts.id, this.#of(jobset, node) + this.#whenBuilt(node, jobset))
  }

  /** A job was given to a free slot: one place and one job fewer. */
  given(jobset: JobsetState): void {
    const coming = this.#coming.get(jobset.facts.id)
    if (coming !== undefined) this.#coming.set(jobset.facts.id, Math.max(0, coming - 1))
  }

  #of(jobset: JobsetState, except?: NodeState): number {
    const known = this.#coming.get(jobset.facts.id)
    if (known !== undefined) return known
    let coming = 0
    for (const node of this.#nodes) if (node !== except) coming += this.#on(node, jobset)
    this.#coming.set(jobset.facts.id, coming)
    return coming
  }

  #on(node: NodeState, jobset: JobsetState): number {
    const { facts, builds } = node
    const [index] = jobset.ready.classes()
    if (index === undefined || !canRunClass(facts, jobset.facts, index)) return 0
    const demand = demandOn(facts, jobset.facts, index)
    const lanes = lanesOf(this.#core, node)
    if (!everySlotBuilds(node, jobset)) {
      const kind = builds.get(jobset.facts.id)?.kind
      if (kind === 'ordered' || kind === 'building') return this.#whenBuilt(node, jobset)
      return kind === 'ready' ? capacity(facts, lanes, demand, facts.slots) : 0
    }
    let building = 0
    let free = 0
    for (const [id, { kind }, place] of builds) {
      if (id !== jobset.facts.id) continue
      if (kind === 'ordered' || kind === 'building') building++
      else if (kind === 'ready' && !lanes.has(place)) free++
    }
    return building + Math.min(free, capacity(facts, lanes, demand, facts.slots))
  }

  /** Jobs that can start at once when a build on the node is done: on all of it, or in the slot that built. */
  #whenBuilt(node: NodeState, jobset: JobsetState): number {
    const [index] = jobset.ready.classes()
    if (index === undefined || everySlotBuilds(node, jobset)) return 1
    return Math.max(1, capacity(node.facts, noLanes, demandOn(node.facts, jobset.facts, index), node.facts.slots))
  }
}

function everySlotBuilds({ facts }: NodeState, jobset: JobsetState): boolean {
  return buildPlace(facts, jobset.facts, 1) === 1
}
