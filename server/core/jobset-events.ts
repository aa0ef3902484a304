// Reactions to what happens to jobsets and to the states of their jobs. Counters and ready queues follow the changes that
// the store reports, nothing else, so they cannot drift from the rows.
import { assert } from '../../shared/base/assert.ts'
import type { JobId, JobsetId } from '../../shared/model/ids.ts'
import { type JobCounts, type JobState, noJobs } from '../../shared/model/job.ts'
import type { Effects } from './effects.ts'
import { ReadyQueue } from './ready-queue.ts'
import { type Core, type JobsetFacts, type JobsetState, openJobs } from './state.ts'

export interface Change {
  readonly jobset: JobsetId
  readonly job: JobId
  readonly from: JobState
  readonly to: JobState
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
    ready: new ReadyQueue(),
    cancelled: facts.cancelled,
    live: 0,
    recentSeconds: null,
    ending: false,
    failing: facts.failing,
  }
  if (facts.cancelled || facts.failing !== null) jobset.ready.clear()
  core.jobsets.set(facts.id, jobset)
  return jobset
}

/** The store changed jobs. */
export function onJobChanges(core: Core, changes: readonly Change[], effects: Effects): void {
  const touched = new Set<JobsetState>()
  for (const change of changes) {
    const jobset = core.jobsets.get(change.jobset)
    if (jobset === undefined) continue
    jobset.counts[change.from]--
    jobset.counts[change.to]++
    if (change.to === 'ready' && !jobset.cancelled) jobset.ready.putBack(change.job)
    touched.add(jobset)
  }
  for (const jobset of touched) {
    // Jobs that came back after the build failed everywhere fail like the others.
    if (jobset.failing !== null && jobset.counts.ready > 0) effects.failJobs(jobset.facts.id, jobset.failing)
    endIfDone(jobset, effects)
    effects.changed(jobset.facts.id)
  }
  if (touched.size > 0) effects.schedule()
}

export function onReadyLoaded(core: Core, id: JobsetId, ids: readonly JobId[], effects: Effects): void {
  const jobset = core.jobsets.get(id)
  if (jobset === undefined || jobset.cancelled) return
  jobset.ready.loaded(ids)
  if (ids.length > 0) effects.schedule()
}

/** Reads more ready jobs when the queue runs low. */
export function refill(jobset: JobsetState, effects: Effects): void {
  const wanted = jobset.ready.wantsLoad()
  if (wanted !== null) effects.loadReady(jobset.facts.id, wanted.after, wanted.limit)
}

/** The end of a jobset is durable: it leaves memory. */
export function onJobsetEnded(core: Core, id: JobsetId): void {
  core.jobsets.delete(id)
  for (const node of core.nodes.values()) {
    // A build that still runs there is waited for by `dist kill`.
    const kind = node.builds.get(id)?.kind
    if (kind !== 'ordered' && kind !== 'building') node.builds.delete(id)
    if (node.affinity === id) node.affinity = null
  }
}

/** Asks for the end of a jobset that has nothing open. Called when a job or an attempt of it closed. */
export function endIfDone(jobset: JobsetState, effects: Effects): void {
  const { counts, facts } = jobset
  // A cancelled job's process may still run: the jobset stays in memory until every node let go of it.
  if (jobset.ending || openJobs(counts) > 0 || jobset.live > 0) return
  for (const value of Object.values(counts)) assert(value >= 0, `counter of jobset ${facts.id} below zero`)
  jobset.ending = true
  const state = jobset.cancelled ? 'cancelled' : counts.failed + counts.cancelled > 0 ? 'failed' : 'succeeded'
  effects.endJobset(facts.id, state, jobset.failing, { ...counts })
}
