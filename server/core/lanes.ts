// What every slot of a node is busy with. Derived from attempts, claims and builds whenever one of them changed, so that
// it cannot drift from them; whoever changes those calls `lanesChanged`.
import type { Grant } from '../../shared/model/resources.ts'
import type { ClaimItem, Core, Lane, NodeState } from './state.ts'

/** Busy slots by number. */
export function lanesOf(core: Core, node: NodeState): Map<number, Lane> {
  node.lanes ??= derive(core, node)
  return node.lanes
}

export function lanesChanged(node: NodeState | undefined): void {
  if (node !== undefined) node.lanes = null
}

function derive(core: Core, node: NodeState): Map<number, Lane> {
  const lanes = new Map<number, Lane>()
  for (const id of node.attempts) {
    const attempt = core.attempts.get(id)
    // Its slot is free before its result is durable, so that it never waits.
    if (attempt !== undefined && attempt.kind !== 'finishing') occupy(lanes, attempt)
  }
  for (const claim of node.claims) occupy(lanes, claim)
  for (const [jobset, { kind, grant }] of node.builds) {
    if (grant !== undefined && (kind === 'ordered' || kind === 'building')) lanes.set(grant.slot, { grant, jobset, demand: null, held: 1 })
  }
  return lanes
}

function occupy(lanes: Map<number, Lane>, { grant, jobset, demand }: Pick<ClaimItem, 'grant' | 'jobset' | 'demand'>): void {
  const lane = lanes.get(grant.slot)
  if (lane === undefined) lanes.set(grant.slot, { grant, jobset, demand, held: 1 })
  else lane.held++
}

/** A job more for a slot, known before the store answers. */
export function addClaim(core: Core, node: NodeState, claim: ClaimItem): void {
  const lanes = lanesOf(core, node)
  node.claims = [...node.claims, claim]
  occupy(lanes, claim)
}

/** The lowest free slot for which `fits`; null when every slot is busy. */
export function freeSlot(lanes: ReadonlyMap<number, Lane>, slots: number, fits: (slot: number) => boolean = () => true): number | null {
  for (let slot = 0; slot < slots; slot++) if (!lanes.has(slot) && fits(slot)) return slot
  return null
}

/** Jobs that a node has, given or asked for. */
export function heldJobs(lanes: ReadonlyMap<number, Lane>): number {
  let held = 0
  for (const lane of lanes.values()) held += lane.held
  return held
}

/** A share with its slot. */
export function inSlot(share: Omit<Grant, 'slot'>, slot: number): Grant {
  return { slot, ...share }
}
