// Reactions to nodes: they connect with their whole inventory, change, fall silent, come back, are given up.
import type { AttemptId, JobId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import type { Grant } from '../../shared/model/resources.ts'
import { track, untrack } from './attempt-events.ts'
import { failWhereNobodyCan } from './build-events.ts'
import { Builds } from './builds.ts'
import { endPauses } from './control-events.ts'
import type { Effects } from './effects.ts'
import { releaseDelayed } from './jobset-events.ts'
import { lanesChanged } from './lanes.ts'
import type { BuildState, Core, NodeFacts, NodeState } from './state.ts'

/** One held thing with what the store answered to it (store/transitions/inventory.ts). */
export interface HeldAnswered {
  readonly attempt: AttemptId
  readonly state: 'ahead' | 'running' | 'finished'
  readonly build: boolean
  readonly answer: 'live' | 'send' | 'stop' | 'forget'
  readonly job: JobId | null
  readonly jobset: JobsetId | null
  /** what it was granted when it was claimed or ordered; null where the store does not know it */
  readonly grant: Grant | null
  /** class of a job's demand; of a build, its place (builds.ts) */
  readonly demand: number
  readonly reason: string
}

/** A node that is known from the store; it counts as just heard of, so that a restart of the head loses nothing. */
export function onNodeKnown(core: Core, facts: NodeFacts, now: number): NodeState {
  const known = core.nodes.get(facts.id)
  if (known !== undefined) {
    known.facts = facts
    return known
  }
  const node: NodeState = {
    facts,
    link: 'silent',
    session: 0,
    lastHeard: now,
    builds: new Builds(),
    attempts: new Set(),
    affinity: null,
    claims: [],
    lanes: null,
    reserved: null,
    othersWait: null,
    toldIdle: false,
    paused: null,
    givenUp: new Map(),
  }
  core.nodes.set(facts.id, node)
  return node
}

/** A session begins: until its inventory is looked up the node gets nothing, and whatever older session it had is not it any more. */
export function onSessionOpened(core: Core, facts: NodeFacts, session: number, now: number): void {
  const node = onNodeKnown(core, facts, now)
  node.link = 'silent'
  node.session = session
  node.lastHeard = now
}

/** The session ended while its inventory was looked up: what the store took back by it counts as held, until the node comes again. */
export function onInventoryLate(core: Core, id: NodeId, held: readonly HeldAnswered[], effects: Effects): void {
  const node = core.nodes.get(id)
  if (node === undefined) return
  for (const item of held) {
    if (item.answer !== 'live') continue
    if (!item.build) hold(core, node, item)
    else if (item.jobset !== null) holdBuild(node, item.jobset, item, effects)
  }
}

/** A session is open and its inventory was looked up. What was expected of the node and is not in it never started, or is lost. */
export function onConnected(
  core: Core,
  facts: NodeFacts,
  session: number,
  held: readonly HeldAnswered[],
  built: ReadonlySet<string>,
  now: number,
  effects: Effects,
): void {
  const node = onNodeKnown(core, facts, now)
  node.link = 'connected'
  node.session = session
  node.lastHeard = now
  node.toldIdle = false
  forgetGivenUp(node, effects)
  const expected = new Set(node.attempts)
  // Builds are known by what the node holds; failed ones are remembered, so that it is not offered that jobset again.
  const here = new Set(held.map((item) => item.attempt))
  dropBuilds(node, 'its node came back without it', effects, here)
  for (const jobset of core.jobsets.values()) {
    for (const place of placesOf(built, jobset.facts.uid, facts)) {
      if (node.builds.get(jobset.facts.id, place) === undefined) node.builds.set(jobset.facts.id, { kind: 'ready', id: null }, place)
    }
  }
  for (const item of held) {
    expected.delete(item.attempt)
    settle(core, node, item, effects)
  }
  const lost: AttemptId[] = []
  const free: AttemptId[] = []
  for (const id of expected) (core.attempts.get(id)?.kind === 'claimed' ? free : lost).push(id)
  for (const id of expected) untrack(core, id, effects)
  if (free.length > 0) effects.giveBack(free.map((attempt) => ({ attempt, node: facts.id, reason: 'never arrived' })))
  if (lost.length > 0) effects.lose(lost, 'its node came back without it')
  effects.schedule()
}

/** A node names what it has built: `uid`, or `uid.N` for slot N > 0 alone (proto, Hello.built). */
function placesOf(built: ReadonlySet<string>, uid: string, { slots, ownBuilds }: NodeFacts): number[] {
  const places = built.has(uid) ? [0] : []
  if (ownBuilds) for (let slot = 1; slot < slots; slot++) if (built.has(`${uid}.${slot}`)) places.push(slot)
  return places
}

/** The node holds it, so it takes the place of what was ordered in between; that one's row would stay open for ever. */
function holdBuild(node: NodeState, jobset: JobsetId, item: HeldAnswered, effects: Effects): void {
  const other = node.builds.get(jobset, item.demand)
  if (other !== undefined && isOpen(other) && other.id !== null && other.id !== item.attempt)
    effects.dropBuilds([other.id], 'its node holds another build of the same')
  const grant = item.grant === null ? {} : { grant: item.grant }
  node.builds.set(jobset, { kind: 'building', id: item.attempt, ...grant }, item.demand)
  lanesChanged(node)
}

function settle(core: Core, node: NodeState, item: HeldAnswered, effects: Effects): void {
  const verdict = (kind: 'keep' | 'stop' | 'send' | 'forget'): void =>
    effects.send(node.facts.id, { kind: 'verdict', attempt: item.attempt, verdict: kind, reason: item.reason })
  if (item.answer === 'forget') {
    verdict('forget')
    return
  }
  if (item.build) {
    // Also one that must stop: it is there until the node says so. Not one that is asked for: a verdict that is under way
    // since the session before may make the node forget it, and nothing more would come.
    if (item.answer !== 'send' && item.jobset !== null) holdBuild(node, item.jobset, item, effects)
    verdict(item.answer === 'live' ? 'keep' : item.answer)
    return
  }
  hold(core, node, item)
  verdict(item.answer === 'live' ? 'keep' : item.answer)
}

/** Counts an attempt as held by the node, as its inventory says. */
function hold(core: Core, node: NodeState, item: HeldAnswered): void {
  if (item.job === null || item.jobset === null) return
  const kind = item.state === 'ahead' ? 'claimed' : 'running'
  const stopping = item.answer === 'stop'
  track(core, {
    id: item.attempt,
    job: item.job,
    jobset: item.jobset,
    node: node.facts.id,
    demand: item.demand,
    grant: item.grant ?? wholeGrant(node.facts),
    kind,
    stopping,
    takingBack: false,
  })
  const attempt = core.attempts.get(item.attempt)
  if (attempt !== undefined) {
    attempt.kind = kind
    attempt.stopping = stopping
    attempt.takingBack = false
  }
  lanesChanged(node)
  if (kind === 'running') node.affinity = item.jobset
}

/** Of an attempt that says nothing else: nothing may run beside it. */
export function wholeGrant({ cores }: Pick<NodeFacts, 'cores'>): Grant {
  return { slot: 0, cores, whole: true, memory: null, gpus: [], disk: null }
}

export function onNodeChanged(core: Core, facts: NodeFacts, effects: Effects): void {
  const node = core.nodes.get(facts.id)
  if (node === undefined) return
  node.facts = facts
  effects.schedule()
}

/** A frame of any kind. */
export function onHeard(core: Core, id: NodeId, now: number): void {
  const node = core.nodes.get(id)
  if (node !== undefined) node.lastHeard = now
}

/** The session ended. An older session than the node's current one changes nothing. */
export function onDisconnected(core: Core, id: NodeId, session: number, now: number, effects: Effects): void {
  const node = core.nodes.get(id)
  if (node === undefined || node.session !== session) return
  node.link = 'silent'
  node.session = 0
  node.lastHeard = now
  effects.nodeGone(id, 'connection ended')
}

/** The agent stopped everything and leaves: what it still had goes back at once, free of charge. */
export function onGoodbye(core: Core, id: NodeId, effects: Effects): void {
  const node = core.nodes.get(id)
  if (node === undefined) return
  node.facts = { ...node.facts, draining: true }
  forgetGivenUp(node, effects)
  const held = [...node.attempts]
  for (const attempt of held) untrack(core, attempt, effects)
  if (held.length > 0) effects.giveBack(held.map((attempt) => ({ attempt, node: id, reason: 'its agent stopped' })))
  dropBuilds(node, 'its agent stopped', effects)
}

/** Time passed. Silence is measured on the monotonic clock; a tick that comes late extends every deadline by its lateness. */
export function onTick(core: Core, now: number, tickEvery: number, effects: Effects): void {
  const late = now - core.lastTick - tickEvery
  core.lastTick = now
  if (late > tickEvery) for (const node of core.nodes.values()) node.lastHeard = Math.min(now, node.lastHeard + late)
  for (const node of core.nodes.values()) {
    const silence = now - node.lastHeard
    if (node.link === 'silent' && silence > core.limits.unreachableAfter) node.link = 'unreachable'
    if (node.link !== 'connected') loseSilent(core, node, silence, effects)
    if (node.link === 'unreachable' && silence > core.limits.lostAfter) giveUp(core, node, effects)
  }
  releaseDelayed(core, now)
  endPauses(core, now)
  effects.schedule()
}

/** Attempts whose jobset waits no longer for this node; each jobset may say how long (lost_after). */
function loseSilent(core: Core, node: NodeState, silence: number, effects: Effects): void {
  const lost: AttemptId[] = []
  for (const id of node.attempts) {
    const attempt = core.attempts.get(id)
    const own = attempt === undefined ? null : (core.jobsets.get(attempt.jobset)?.facts.lostAfter ?? null)
    if (silence <= (own ?? core.limits.lostAfter)) continue
    lost.push(id)
    if (attempt !== undefined) node.givenUp.set(id, attempt.jobset)
  }
  for (const id of lost) untrack(core, id, effects)
  if (lost.length > 0) effects.lose(lost, `its node ${node.facts.name} was silent for too long`)
}

function giveUp(core: Core, node: NodeState, effects: Effects): void {
  node.link = 'offline'
  for (const [jobset, { id, kind }] of node.builds) if (id !== null && isOpen({ kind })) node.givenUp.set(id, jobset)
  dropBuilds(node, 'its node was silent for too long', effects)
  // It may have been the last hope of jobsets whose build failed everywhere else.
  for (const id of core.jobsets.keys()) failWhereNobodyCan(core, id, `node ${node.facts.name}, which might, is offline`, effects)
}

/** It spoke: what it still runs is in its inventory. */
function forgetGivenUp(node: NodeState, effects: Effects): void {
  const jobsets = new Set(node.givenUp.values())
  node.givenUp.clear()
  for (const jobset of jobsets) effects.changed(jobset)
}

function isOpen({ kind }: Pick<BuildState, 'kind'>): boolean {
  return kind === 'ordered' || kind === 'building'
}

/** Forgets what the node was building; failed builds are remembered. */
function dropBuilds(node: NodeState, reason: string, effects: Effects, except: ReadonlySet<AttemptId> = new Set()): void {
  const open: AttemptId[] = []
  for (const [jobset, build, place] of node.builds) {
    if (build.kind === 'failed') continue
    if (build.id !== null && build.kind !== 'ready' && !except.has(build.id)) open.push(build.id)
    node.builds.delete(jobset, place)
  }
  lanesChanged(node)
  if (open.length > 0) effects.dropBuilds(open, reason)
}
