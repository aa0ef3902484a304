// Reactions to what happens to jobsets and to the states of their jobs. Counters and ready queues follow the changes that
// the store reports, nothing else, so they cannot drift from the rows.
import { assert } from '../../shared/base/assert.ts'
import type { JobId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import { type JobCounts, type JobState, noJobs } from '../../shared/model/job.ts'
import type { Effects } from './effects.ts'
import { ReadyJobs } from './ready-jobs.ts'
import { type Core, type JobsetFacts, type JobsetState, openJobs, type SearchStand } from './state.ts'

export interface Change {
  readonly jobset: JobsetId
  readonly job: JobId
  readonly from: JobState
  readonly to: JobState
  /** class of its demand, of a job that is ready now; absent = the jobset's own */
  readonly demand?: number
  readonly again?: { readonly afterMs: number; readonly avoid: NodeId }
}

/** A jobset was submitted. */
export function onJobset(core: Core, facts: JobsetFacts, counts: JobCounts, effects: Effects): void {
  if (core.jobsets.has(facts.id)) return
  const jobset = addJobset(core, facts, counts)
  refill(jobset, effects)
  endIfDone(jobset, effects)
  effects.changed(facts.id)
  effects.schedule()
}

/** Puts a jobset into memory; the loader calls it before it knows the attempts. */
export function addJobset(core: Core, facts: JobsetFacts, counts: JobCounts): JobsetState {
  const jobset: JobsetState = {
    facts,
    counts: { ...noJobs, ...counts },
    ready: new ReadyJobs(facts.demands.length),
    cancelled: facts.cancelled,
    held: facts.held,
    claiming: 0,
    delayed: [],
    avoid: new Map(),
    live: 0,
    recentSeconds: null,
    ending: false,
    failing: facts.failing,
    search: facts.search,
  }
  if (facts.cancelled || facts.failing !== null) jobset.ready.clear()
  core.jobsets.set(facts.id, jobset)
  return jobset
}

/** The store changed jobs. */
export function onJobChanges(core: Core, changes: readonly Change[], effects: Effects): void {
  const touched = new Set<JobsetState>()
  const ended = new Map<JobsetId, JobId[]>()
  for (const change of changes) {
    const jobset = core.jobsets.get(change.jobset)
    if (jobset === undefined) continue
    jobset.counts[change.from]--
    jobset.counts[change.to]++
    if (change.to === 'ready' && !jobset.cancelled) becomeReady(core, jobset, change)
    if (jobset.search !== null && isFinal(change.to)) {
      const jobs = ended.get(change.jobset) ?? []
      jobs.push(change.job)
      ended.set(change.jobset, jobs)
    }
    touched.add(jobset)
  }
  for (const jobset of touched) {
    stopAfterFails(jobset, effects)
    // Jobs that came back after the build failed everywhere fail like the others.
    if (jobset.failing !== null && jobset.counts.ready > 0) effects.failJobs(jobset.facts.id, jobset.failing)
    endIfDone(jobset, effects)
    effects.changed(jobset.facts.id)
  }
  // Behind an order to stop the jobset: no trial begins any more then.
  for (const [jobset, jobs] of ended) effects.trialsEnded(jobset, jobs)
  if (touched.size > 0) effects.schedule()
}

export function onReadyLoaded(core: Core, id: JobsetId, demand: number, ids: readonly JobId[], effects: Effects): void {
  const jobset = core.jobsets.get(id)
  if (jobset === undefined || jobset.cancelled) return
  jobset.ready.loaded(demand, ids)
  if (ids.length > 0) effects.schedule()
}

function becomeReady(core: Core, jobset: JobsetState, change: Change): void {
  const demand = change.demand ?? 0
  if (change.again === undefined) {
    jobset.ready.putBack(change.job, demand)
    return
  }
  jobset.avoid.set(change.job, change.again.avoid)
  // The last tick stands for now: it is at most a second old.
  delay(jobset, { job: change.job, demand }, core.lastTick, change.again.afterMs)
}

/** Holds a job back until its back-off is over. */
export function delay(jobset: JobsetState, job: { readonly job: JobId; readonly demand: number }, now: number, ms: number): void {
  if (ms <= 0) jobset.ready.putBackAny(job.job, job.demand)
  else jobset.delayed.push({ ...job, due: now + ms })
}

/** Back-offs that are over. */
export function releaseDelayed(core: Core, now: number): void {
  for (const jobset of core.jobsets.values()) {
    for (const item of jobset.delayed.filter(({ due }) => due <= now)) {
      jobset.delayed.splice(jobset.delayed.indexOf(item), 1)
      if (!jobset.cancelled) jobset.ready.putBackAny(item.job, item.demand)
    }
  }
}

function stopAfterFails(jobset: JobsetState, effects: Effects): void {
  const maxFails = failLimit(jobset)
  if (jobset.cancelled || jobset.counts.failed < maxFails) return
  // nothing is left to stop, and a search makes no more
  if (openJobs(jobset.counts) === 0 && jobset.search?.open !== true) return
  jobset.cancelled = true
  jobset.ready.clear()
  effects.stopJobset(jobset.facts.id, `${jobset.counts.failed} jobs failed, and max_fails is ${maxFails}`)
}

function failLimit({ facts: { maxFails }, counts, search }: JobsetState): number {
  if (maxFails === null) return Number.POSITIVE_INFINITY
  if ('count' in maxFails) return maxFails.count
  const jobs = search?.planned ?? Object.values(counts).reduce((sum, count) => sum + count, 0)
  return Math.max(1, Math.ceil(maxFails.share * jobs))
}

/** Reads more ready jobs when the queue runs low. */
export function refill(jobset: JobsetState, effects: Effects): void {
  for (const wanted of jobset.ready.wantsLoad()) effects.loadReady(jobset.facts.id, wanted.demand, wanted.after, wanted.limit)
}

/** The end of a jobset is durable: it leaves memory. */
export function onJobsetEnded(core: Core, id: JobsetId): void {
  core.jobsets.delete(id)
  for (const node of core.nodes.values()) {
    // A build that still runs there is waited for by `dist kill`.
    for (const [jobset, { kind }, place] of node.builds)
      if (jobset === id && kind !== 'ordered' && kind !== 'building') node.builds.delete(id, place)
    if (node.affinity === id) node.affinity = null
  }
}

/** `dist retry` came before the end was written. */
export function onReopenedMeanwhile(core: Core, id: JobsetId): void {
  const jobset = core.jobsets.get(id)
  if (jobset !== undefined) jobset.ending = false
}

/** `dist retry` on a jobset that is in memory: what stood against it is forgotten. Its jobs come by onJobChanges. */
export function onReopened(core: Core, id: JobsetId): void {
  const jobset = core.jobsets.get(id)
  if (jobset === undefined) return
  jobset.cancelled = false
  jobset.failing = null
  forgiveBuilds(core, id)
}

/** Nodes that failed to build it are asked again. */
function forgiveBuilds(core: Core, id: JobsetId): void {
  for (const node of core.nodes.values()) {
    for (const [of, { kind }, place] of node.builds) if (of === id && kind === 'failed') node.builds.delete(id, place)
  }
}

/**
 * Jobs joined a jobset that is in memory: `added` ones that begin as `waiting`, then `changes` of them and of older ones.
 * Its ready jobs are read again, since they may be of other classes now; a job that is being asked for is refused twice.
 */
export function onExtended(core: Core, facts: JobsetFacts, added: number, changes: readonly Change[], effects: Effects): void {
  const old = core.jobsets.get(facts.id)
  if (old === undefined) return
  if (added + changes.length === 0) {
    core.jobsets.set(facts.id, { ...old, facts })
    effects.changed(facts.id)
    return
  }
  const counts = { ...old.counts }
  counts.waiting += added
  for (const { from, to } of changes) {
    counts[from]--
    counts[to]++
  }
  const changed = new Set(changes.map(({ job }) => job))
  const delayed = old.delayed.filter(({ job }) => !changed.has(job))
  const jobset: JobsetState = { ...old, facts, counts, delayed, ready: new ReadyJobs(facts.demands.length) }
  jobset.cancelled = facts.cancelled
  jobset.failing = facts.failing
  for (const job of changed) jobset.avoid.delete(job)
  core.jobsets.set(facts.id, jobset)
  forgiveBuilds(core, facts.id)
  refill(jobset, effects)
  stopAfterFails(jobset, effects)
  endIfDone(jobset, effects)
  effects.changed(facts.id)
  effects.schedule()
}

/** Jobs that a search made, and how it stands with them: its jobset ends when both it and its jobs are done. */
export function onAdvanced(
  core: Core,
  id: JobsetId,
  added: readonly { readonly job: JobId; readonly state: JobState }[],
  stand: SearchStand,
  effects: Effects,
): void {
  const jobset = core.jobsets.get(id)
  if (jobset === undefined) return
  jobset.search = stand
  for (const { job, state } of added) {
    jobset.counts[state]++
    if (state === 'ready' && !jobset.cancelled) jobset.ready.putBack(job, 0)
  }
  refill(jobset, effects)
  // trials that were on their way when the build failed everywhere fail like the others
  if (jobset.failing !== null && jobset.counts.ready > 0) effects.failJobs(id, jobset.failing)
  endIfDone(jobset, effects)
  effects.changed(id)
  if (added.length > 0) effects.schedule()
}

function isFinal(state: JobState): boolean {
  return state !== 'waiting' && state !== 'ready' && state !== 'claimed' && state !== 'running'
}

/** Asks for the end of a jobset that has nothing open. Called when a job or an attempt of it closed. */
export function endIfDone(jobset: JobsetState, effects: Effects): void {
  const { counts, facts, search } = jobset
  // A cancelled job's process may still run: the jobset stays in memory until every node let go of it.
  if (jobset.ending || openJobs(counts) > 0 || jobset.live > 0 || search?.open === true) return
  for (const value of Object.values(counts)) assert(value >= 0, `counter of jobset ${facts.id} below zero`)
  jobset.ending = true
  const bad = counts.failed + counts.cancelled + counts.skipped
  const good = search === null ? bad === 0 : search.good
  const state = jobset.cancelled ? 'cancelled' : good ? 'succeeded' : 'failed'
  effects.endJobset(facts.id, state, search?.reason ?? jobset.failing, { ...counts })
}
