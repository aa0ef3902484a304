// Reactions to what happens to attempts: claimed, started, finished, handed back, stopped.
import type { AttemptId, JobId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import type { JobSpec } from '../../shared/model/jobset.ts'
import type { Effects } from './effects.ts'
import { addUsage } from './fair-share.ts'
import { type Change, endIfDone, onJobChanges } from './jobset-events.ts'
import { lanesChanged } from './lanes.ts'
import type { AttemptState, ClaimItem, Core, NodeState } from './state.ts'

export interface ClaimedAttempt {
  readonly attempt: AttemptId
  readonly job: JobId
  readonly jobset: JobsetId
  readonly node: NodeId
  readonly number: number
  readonly spec: JobSpec
}

export interface FinishedReply {
  readonly attempt: AttemptId
  readonly verdict: string
  readonly jobset: JobsetId | null
  readonly job: JobId | null
  readonly wallSeconds: number | null
}

/** The store gave these jobs to a node; what was asked for and is not among them was taken by something else. */
export function onClaimed(core: Core, asked: readonly ClaimItem[], claimed: readonly ClaimedAttempt[], effects: Effects): void {
  const byJob = new Map(asked.map((item) => [item.job, item]))
  for (const item of asked) answerClaim(core, item)
  const changes: Change[] = []
  const unsent: AttemptState[] = []
  for (const item of claimed) {
    const jobset = core.jobsets.get(item.jobset)
    const node = core.nodes.get(item.node)
    const claim = byJob.get(item.job)
    if (jobset === undefined || node === undefined || claim === undefined) continue
    changes.push({ jobset: item.jobset, job: item.job, from: 'ready', to: 'claimed' })
    const attempt: AttemptState = {
      id: item.attempt,
      job: item.job,
      jobset: item.jobset,
      node: item.node,
      demand: claim.demand,
      grant: claim.grant,
      kind: 'claimed',
      stopping: false,
      takingBack: false,
    }
    track(core, attempt)
    if (node.link !== 'connected') unsent.push(attempt)
    else {
      effects.send(item.node, {
        kind: 'assign',
        attempt: item.attempt,
        jobset: item.jobset,
        uid: jobset.facts.uid,
        spec: item.spec,
        grant: claim.grant,
        number: item.number,
      })
    }
  }
  onJobChanges(core, changes, effects)
  // Its node left meanwhile, perhaps for good, and was told nothing: nobody has to wait for its silence.
  for (const { id } of unsent) untrack(core, id, effects)
  if (unsent.length > 0) effects.giveBack(unsent.map(({ id, node }) => ({ attempt: id, node, reason: 'its node left before it was sent' })))
}

/** A claim could not be written: the jobs are still ready. */
export function onClaimFailed(core: Core, asked: readonly ClaimItem[], effects: Effects): void {
  for (const item of asked) {
    answerClaim(core, item)
    const jobset = core.jobsets.get(item.jobset)
    if (jobset !== undefined && !jobset.cancelled) jobset.ready.putBackAny(item.job, item.demand)
  }
  effects.schedule()
}

function answerClaim(core: Core, item: ClaimItem): void {
  const node = core.nodes.get(item.node)
  if (node !== undefined) node.claims = node.claims.filter((claim) => claim.job !== item.job)
  lanesChanged(node)
  const jobset = core.jobsets.get(item.jobset)
  if (jobset !== undefined) jobset.claiming = Math.max(0, jobset.claiming - 1)
}

export function onStarted(core: Core, attempts: readonly AttemptId[]): void {
  for (const id of attempts) {
    const attempt = core.attempts.get(id)
    if (attempt?.kind !== 'claimed') continue
    attempt.kind = 'running'
    // Too late to take it back; another one may be asked for.
    attempt.takingBack = false
  }
}

/** A node says that it is done with these; its slot is free before the result is durable, so that it never waits. */
export function onFinishing(core: Core, attempts: readonly AttemptId[], effects: Effects): void {
  for (const id of attempts) {
    const attempt = core.attempts.get(id)
    if (attempt === undefined) continue
    attempt.kind = 'finishing'
    lanesChanged(core.nodes.get(attempt.node))
  }
  effects.schedule()
}

/** A finish could not be written (disk full): the node keeps the result and is asked for it again. */
export function onFinishFailed(core: Core, attempts: readonly AttemptId[]): void {
  for (const id of attempts) {
    const attempt = core.attempts.get(id)
    if (attempt?.kind !== 'finishing') continue
    attempt.kind = 'running'
    lanesChanged(core.nodes.get(attempt.node))
  }
}

/** Finished attempts are durable: verdicts go out, the losers of a race are stopped. */
export function onFinished(
  core: Core,
  node: NodeId,
  replies: readonly FinishedReply[],
  changes: readonly Change[],
  effects: Effects,
): void {
  onJobChanges(core, changes, effects)
  for (const reply of replies) {
    effects.send(node, { kind: 'verdict', attempt: reply.attempt, verdict: 'forget', reason: reply.verdict })
    const cores = core.attempts.get(reply.attempt)?.grant.cores ?? 0
    if (core.attempts.get(reply.attempt)?.node === node) untrack(core, reply.attempt, effects)
    if (reply.jobset === null) continue
    const jobset = core.jobsets.get(reply.jobset)
    if (jobset !== undefined && reply.wallSeconds !== null) {
      addUsage(core, jobset.facts.owner, reply.wallSeconds * cores)
      jobset.recentSeconds = jobset.recentSeconds === null ? reply.wallSeconds : jobset.recentSeconds * 0.8 + reply.wallSeconds * 0.2
    }
    if (reply.verdict === 'committed') stopRivals(core, reply, effects)
  }
}

/** A node handed attempts or builds back, or confirmed that they are gone. The store was told of attempts; answer by onJobChanges. */
export function onReturned(core: Core, node: NodeId, ids: readonly AttemptId[], effects: Effects): void {
  const holder = core.nodes.get(node)
  for (const id of ids) {
    untrack(core, id, effects)
    if (holder !== undefined) buildReturned(holder, id, effects)
  }
  effects.schedule()
}

function buildReturned(node: NodeState, id: AttemptId, effects: Effects): void {
  for (const [jobset, build, place] of node.builds) {
    if (build.id !== id || (build.kind !== 'ordered' && build.kind !== 'building')) continue
    node.builds.delete(jobset, place)
    lanesChanged(node)
    effects.dropBuilds([id], 'its node handed it back')
    effects.changed(jobset)
  }
}

/** `dist kill`: the rows are durable, now the nodes are told. */
export function onCancelled(
  core: Core,
  jobset: JobsetId,
  whole: boolean,
  changes: readonly Change[],
  live: readonly { readonly attempt: AttemptId; readonly node: NodeId }[],
  effects: Effects,
): void {
  const state = core.jobsets.get(jobset)
  if (state !== undefined && whole) {
    state.cancelled = true
    state.ready.clear()
    if (state.search !== null) effects.trialsEnded(jobset, [])
  }
  for (const { attempt } of live) orderStop(core.attempts.get(attempt), effects)
  if (whole) {
    for (const node of core.nodes.values()) {
      for (const build of node.builds.of(jobset)) {
        if (build.id === null || (build.kind !== 'ordered' && build.kind !== 'building')) continue
        effects.send(node.facts.id, { kind: 'order', attempt: build.id, order: 'stop' })
      }
    }
  }
  onJobChanges(core, changes, effects)
}

/** Adds an attempt that a node holds. */
export function track(core: Core, attempt: AttemptState): void {
  if (core.attempts.has(attempt.id)) return
  core.attempts.set(attempt.id, attempt)
  core.byJob.set(attempt.job, [...(core.byJob.get(attempt.job) ?? []), attempt.id])
  core.nodes.get(attempt.node)?.attempts.add(attempt.id)
  lanesChanged(core.nodes.get(attempt.node))
  const jobset = core.jobsets.get(attempt.jobset)
  if (jobset !== undefined) jobset.live++
}

/** Drops an attempt that no node holds any more. */
export function untrack(core: Core, id: AttemptId, effects: Effects): void {
  const attempt = core.attempts.get(id)
  if (attempt === undefined) return
  core.attempts.delete(id)
  const rest = (core.byJob.get(attempt.job) ?? []).filter((other) => other !== id)
  if (rest.length === 0) core.byJob.delete(attempt.job)
  else core.byJob.set(attempt.job, rest)
  core.nodes.get(attempt.node)?.attempts.delete(id)
  lanesChanged(core.nodes.get(attempt.node))
  const jobset = core.jobsets.get(attempt.jobset)
  if (jobset !== undefined) {
    jobset.live--
    endIfDone(jobset, effects)
  }
  effects.changed(attempt.jobset)
  effects.schedule()
}

function orderStop(attempt: AttemptState | undefined, effects: Effects): void {
  if (attempt === undefined || attempt.stopping) return
  attempt.stopping = true
  effects.send(attempt.node, { kind: 'order', attempt: attempt.id, order: 'stop' })
}

/** Results that came from elsewhere are durable: whoever still works on their jobs is stopped. */
export function onImported(core: Core, jobs: readonly JobId[], changes: readonly Change[], effects: Effects): void {
  onJobChanges(core, changes, effects)
  for (const job of jobs) stopRivals(core, { job }, effects)
}

function stopRivals(core: Core, winner: Pick<FinishedReply, 'job'>, effects: Effects): void {
  for (const id of winner.job === null ? [] : (core.byJob.get(winner.job) ?? [])) orderStop(core.attempts.get(id), effects)
}
