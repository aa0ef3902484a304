// The scheduling pass: which node gets which jobs, and which node builds for which jobset. Pure: it reads the core, marks
// what it gave out and returns nothing but effects. Its cost follows nodes, open jobsets and their classes of demand, not
// queued jobs.
//
// A job gets a lane (lanes.ts): a slot and a share of its node. First lanes are opened, one a node and round, so that a few
// jobs spread out; then busy slots are given work ahead. What comes next on a node and does not fit has room kept for it
// (reserve.ts).
import type { JobId } from '../../shared/model/ids.ts'
import type { Demand, Grant } from '../../shared/model/resources.ts'
import { buildPlace } from './builds.ts'
import { canOpen } from './can-open.ts'
import type { Effects } from './effects.ts'
import { orderedJobsets } from './fair-share.ts'
import { refill } from './jobset-events.ts'
import { addClaim, freeSlot, heldJobs, inSlot, lanesChanged, lanesOf } from './lanes.ts'
import { canRunClass, demandOn } from './match.ts'
import { noteGiven, preferred } from './preference.ts'
import { holdsBack, reservation, shareBeside } from './reserve.ts'
import type { ClaimItem, Core, JobsetState, Lane, NodeState } from './state.ts'
import { takeBack } from './take-back.ts'
import { tellIdle } from './tell-idle.ts'
import { Worth } from './worth.ts'

/** What one pass knows and gathers. */
interface Pass {
  readonly core: Core
  readonly effects: Effects
  readonly nodes: readonly NodeState[]
  /** jobsets as each node is offered them */
  readonly order: Map<NodeState, readonly JobsetState[]>
  readonly claims: ClaimItem[]
  readonly worth: Worth
  /** nodes on which room is kept, by reservation */
  readonly kept: Map<string, number>
}

/** One pass over all nodes that can take work. */
export function plan(core: Core, effects: Effects): void {
  if (core.diskLow) return
  const order = orderedJobsets(core)
  const nodes = [...core.nodes.values()].filter(takesWork)
  const pass: Pass = { core, effects, nodes, order: new Map(), claims: [], worth: new Worth(core, nodes), kept: new Map() }
  for (const node of nodes) {
    node.reserved = null
    pass.order.set(node, order.length === 0 ? order : preferred(core, node, order))
  }
  if (order.length > 0) {
    for (let open = nodes; open.length > 0; ) open = open.filter((node) => openLane(pass, node))
    for (const node of nodes) feedLanes(pass, node)
  }
  if (pass.claims.length > 0) effects.claim(pass.claims)
  takeBack(core, nodes, effects)
  for (const jobset of order) refill(jobset, effects)
  for (const node of nodes) tellIdle(core, node, order, effects)
}

/** Connected, with room on its disk, not paused and not about to leave. */
export function takesWork(node: NodeState): boolean {
  return node.link === 'connected' && !node.facts.diskLow && !node.facts.draining && node.paused === null
}

/** Gives the node one job in a slot that was free, or orders one build. False when there is nothing (more) for it. */
function openLane(pass: Pass, node: NodeState): boolean {
  const lanes = lanesOf(pass.core, node)
  for (const jobset of pass.order.get(node) ?? []) {
    for (const index of jobset.ready.classes()) {
      if (allowed(jobset) <= 0) break
      if (!canRunClass(node.facts, jobset.facts, index)) continue
      const place = choosePlace(node, lanes, jobset)
      if (place === null || (place.build && !pass.worth.building(jobset))) continue
      const demand = demandOn(node.facts, jobset.facts, index)
      const wanted = place.build ? forBuild(demand, node) : demand
      const got = place.slot === null ? null : shareBeside(node.facts, lanes, wanted, node.reserved)
      if (got === null || place.slot === null) {
        keepRoom(pass, node, jobset, index)
        // Nothing that comes later could start either.
        if (node.reserved !== null && isFull(node, lanes)) return false
        continue
      }
      const grant = inSlot(got, place.slot)
      if (place.build) return orderBuild(pass, node, jobset, grant)
      if (!giveJob(pass, node, jobset, index, grant)) continue
      pass.worth.given(jobset)
      return true
    }
  }
  return false
}

function isFull({ facts }: NodeState, lanes: ReadonlyMap<number, Lane>): boolean {
  if (lanes.size >= facts.slots) return true
  let cores = facts.cores
  for (const { grant } of lanes.values()) cores -= grant.cores
  return cores <= 0
}

/** `slot` null = all are busy; `build`: the slot has to build first. */
interface Place {
  readonly slot: number | null
  readonly build: boolean
}

/** Where a jobset could work on a node: best where its build is. Null when its build failed there, or is being made. */
function choosePlace(node: NodeState, lanes: ReadonlyMap<number, Lane>, jobset: JobsetState): Place | null {
  const { facts, builds } = node
  const kind = (slot: number): string | undefined => builds.get(jobset.facts.id, buildPlace(facts, jobset.facts, slot))?.kind
  const ready = freeSlot(lanes, facts.slots, (slot) => kind(slot) === 'ready')
  if (ready !== null) return { slot: ready, build: false }
  const fresh = freeSlot(lanes, facts.slots, (slot) => kind(slot) === undefined)
  if (fresh !== null) return { slot: fresh, build: true }
  // Slots that are free now are of no use; busy ones may be, later.
  let later: Place | null = null
  for (const slot of lanes.keys()) {
    if (kind(slot) === 'ready') return { slot: null, build: false }
    if (kind(slot) === undefined) later = { slot: null, build: true }
  }
  return later
}

/** Nothing else of its jobset can start here while it is built: a build may use all cores that are free. */
function forBuild(demand: Demand, { facts }: NodeState): Demand {
  return demand.cores === 'all' ? demand : { ...demand, cores: { min: demand.cores.min, max: facts.cores } }
}

function orderBuild({ effects, worth }: Pass, node: NodeState, jobset: JobsetState, grant: Grant): boolean {
  const place = buildPlace(node.facts, jobset.facts, grant.slot)
  node.builds.set(jobset.facts.id, { kind: 'ordered', id: null, grant }, place)
  lanesChanged(node)
  worth.ordered(node, jobset)
  effects.orderBuild(node.facts.id, jobset.facts.id, place, grant)
  return true
}

/** The first class that does not fit has room kept, on no more nodes than it has jobs. */
function keepRoom({ core, kept }: Pass, node: NodeState, jobset: JobsetState, index: number): void {
  if (node.reserved !== null) return
  const demand = demandOn(node.facts, jobset.facts, index)
  const wanted = reservation(node.facts, lanesOf(core, node), jobset.facts.id, index, demand)
  const nodes = kept.get(wanted.key) ?? 0
  if (nodes >= jobset.ready.knownOf(index)) return
  kept.set(wanted.key, nodes + 1)
  node.reserved = wanted
}

function giveJob(pass: Pass, node: NodeState, jobset: JobsetState, index: number, grant: Grant): boolean {
  const job = takeFor(pass, jobset, index, node)
  if (job === null) return false
  const { core, claims } = pass
  const claim: ClaimItem = { job, jobset: jobset.facts.id, demand: index, node: node.facts.id, grant }
  noteGiven(core, node, jobset.facts.id, pass.order.get(node) ?? [])
  claims.push(claim)
  jobset.avoid.delete(job)
  jobset.claiming++
  addClaim(core, node, claim)
  node.toldIdle = false
  return true
}

/** Gives busy slots jobs ahead, of the class that they work on. */
function feedLanes(pass: Pass, node: NodeState): void {
  const { core } = pass
  const order = pass.order.get(node) ?? []
  const lanes = lanesOf(core, node)
  for (const lane of lanes.values()) {
    const jobset = core.jobsets.get(lane.jobset)
    const { demand } = lane
    if (jobset === undefined || demand === null || jobset.ready.knownOf(demand) === 0 || !order.includes(jobset)) continue
    if (mustEmpty(node, lane, jobset, order) || mayGrow(node, lane, jobset, lanes)) continue
    const room = Math.min(1 + ahead(core, jobset) - lane.held, core.limits.maxHeld + node.facts.slots - heldJobs(lanes), allowed(jobset))
    for (let left = room; left > 0; left--) if (!giveJob(pass, node, jobset, demand, lane.grant)) break
  }
}

/** Something that comes before this lane's jobs waits for room, and this lane's share is part of it. */
function mustEmpty(node: NodeState, lane: Lane, jobset: JobsetState, order: readonly JobsetState[]): boolean {
  const { reserved } = node
  if (reserved === null || !holdsBack(reserved, lane.grant)) return false
  const first = order.findIndex(({ facts }) => facts.id === reserved.jobset)
  if (jobset.facts.id !== reserved.jobset) return first < order.indexOf(jobset)
  // Both of one jobset: the file's order decides.
  const own = `${jobset.facts.id}:${lane.demand}`
  const [next] = jobset.ready.classes()
  return own !== reserved.key && next !== lane.demand
}

/** A range of cores that got few while others ran beside it gets more when it begins anew. */
function mayGrow(node: NodeState, { grant, demand }: Lane, { facts }: JobsetState, lanes: ReadonlyMap<number, Lane>): boolean {
  const wanted = facts.demands[demand ?? 0]?.cores ?? 'all'
  if (wanted === 'all' || wanted.max <= grant.cores) return false
  let free = node.facts.cores
  for (const lane of lanes.values()) free -= lane.grant.cores
  return free > 0 && node.reserved === null
}

/** Depth of work given ahead: about a second of it by recent run times; one where they are unknown or long. */
function ahead({ limits }: Core, { recentSeconds }: JobsetState): number {
  if (recentSeconds === null) return limits.minAhead
  return Math.max(limits.minAhead, Math.min(limits.maxAhead, Math.floor(limits.aheadSeconds / Math.max(recentSeconds, 0.001))))
}

/** Jobs that may still be at work at once (max_concurrent). */
function allowed(jobset: JobsetState): number {
  const { maxConcurrent } = jobset.facts
  return maxConcurrent === null ? Number.POSITIVE_INFINITY : maxConcurrent - jobset.live - jobset.claiming
}

/** The next job in file order; one that failed on this node stays for another, as long as there is one that could take it. */
function takeFor(pass: Pass, jobset: JobsetState, index: number, node: NodeState): JobId | null {
  const passed: JobId[] = []
  let job = jobset.ready.take(index)
  while (job !== null && jobset.avoid.get(job) === node.facts.id && anotherCould(pass, jobset, index, node)) {
    passed.push(job)
    job = jobset.ready.take(index)
  }
  for (const left of passed) jobset.ready.putBackAny(left, index)
  return job
}

/** Only one that has room and the build now: a node that would have to build first may never be asked to for one job. */
function anotherCould({ core, nodes }: Pass, jobset: JobsetState, index: number, than: NodeState): boolean {
  return nodes.some((node) => node !== than && canOpen(core, node, jobset, index))
}
