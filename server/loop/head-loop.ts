// Where core, store and sessions meet: runs the core's effects, brings their answers back, coalesces scheduling passes.
// Everything happens on one thread; a callback whose core was rebuilt meanwhile is dropped by its epoch.

import type { Clock } from '../../shared/base/clock.ts'
import { errorMessage } from '../../shared/base/errors.ts'
import type { AttemptId, NodeId } from '../../shared/model/ids.ts'
import { onCancelled, onClaimed, onClaimFailed } from '../core/attempt-events.ts'
import { onBuildOrdered, onBuildOrderFailed } from '../core/build-events.ts'
import type { Effects } from '../core/effects.ts'
import { onJobChanges, onJobsetEnded, onReadyLoaded, onReopenedMeanwhile } from '../core/jobset-events.ts'
import { onTick } from '../core/node-events.ts'
import { plan } from '../core/plan.ts'
import { type Core, type CoreLimits, newCore } from '../core/state.ts'
import type { ReadDb } from '../ports/read-db.ts'
import type { SearchListener } from '../ports/searches.ts'
import type { Store } from '../ports/store.ts'
import type { InputOf, OutputOf, TransitionName } from '../store/transitions-table.ts'
import { loadCore, readyJobs } from './load.ts'
import { Revisions } from './revisions.ts'
import { Sessions } from './sessions.ts'

export interface LoopDependencies {
  readonly store: Store
  /** read connection of this thread */
  readonly db: ReadDb
  readonly clock: Clock
  readonly limits: CoreLimits
  /** a fresh id (security/attempt-id.ts) */
  readonly newId: () => AttemptId
  readonly warn: (message: string) => void
  /** the disk of the data folder is almost full; absent = it never is */
  readonly isDiskLow?: () => boolean
}

const tickMs = 1000
const retryMs = 1000

export class HeadLoop {
  readonly sessions = new Sessions()
  readonly revisions: Revisions
  /** set by search-side.ts: searches are made after the loop, which they use */
  searches: SearchListener | null = null
  readonly #deps: LoopDependencies
  readonly #effects: Effects
  readonly #readyJobs: ReturnType<typeof readyJobs>
  #core: Core
  #epoch = 0
  #scheduled = false
  #dirty = false
  #rebuilding = false
  /** during a rebuild: the writer answered */
  #writes = false
  /** transitions that were asked for and not answered */
  #underWay = 0
  #tick: NodeJS.Timeout | null = null
  #timers = new Set<NodeJS.Timeout>()
  #closed = false

  constructor(deps: LoopDependencies) {
    this.#deps = deps
    this.revisions = new Revisions(deps.clock.wall())
    this.#readyJobs = readyJobs(deps.db)
    this.#core = newCore(deps.clock.monotonic(), deps.limits)
    this.#effects = this.#makeEffects()
  }

  get core(): Core {
    return this.#core
  }

  get effects(): Effects {
    return this.#effects
  }

  /** Loads the core and starts the clock. */
  start(): void {
    this.#lookAtDisk()
    loadCore(this.#core, this.#deps.db, this.#deps.clock.monotonic(), this.#effects)
    this.#tick = setInterval(() => {
      this.#lookAtDisk()
      onTick(this.#core, this.#deps.clock.monotonic(), tickMs, this.#effects)
    }, tickMs)
  }

  close(): void {
    this.#closed = true
    if (this.#tick !== null) clearInterval(this.#tick)
    for (const timer of this.#timers) clearTimeout(timer)
    this.sessions.endAll('unavailable', 'the head is stopping', true)
  }

  now(): number {
    return this.#deps.clock.monotonic()
  }

  /** Calls back later on this loop's account, unless it is closed. */
  later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, ms)
    this.#timers.add(timer)
  }

  /**
   * Runs a transition whose answer the core needs to know. A rebuild waits for all of these before it reads the rows, so
   * that nothing is applied twice, or not at all.
   */
  async store<N extends TransitionName>(name: N, input: InputOf<N>): Promise<OutputOf<N>> {
    this.#underWay++
    try {
      return await this.#deps.store.run(name, input)
    } finally {
      this.#underWay--
      // Behind whoever awaits this answer.
      if (this.#rebuilding) setImmediate(() => this.#reload())
    }
  }

  /** Changes when the core was rebuilt: what was asked for before is in its rows. */
  get epoch(): number {
    return this.#epoch
  }

  /** Runs a transition; `done` and `failed` are skipped when the core was rebuilt meanwhile. */
  run<N extends TransitionName>(name: N, input: InputOf<N>, done: (output: OutputOf<N>) => void, failed?: (error: unknown) => void): void {
    const epoch = this.#epoch
    this.store(name, input).then(
      (output) => {
        if (epoch === this.#epoch && !this.#closed && !this.#rebuilding) done(output)
      },
      (error: unknown) => {
        if (epoch !== this.#epoch || this.#closed || this.#rebuilding) return
        this.#deps.warn(`${name}: ${errorMessage(error)}`)
        failed?.(error)
      },
    )
  }

  /**
   * A commit failed: memory may be ahead of the rows. Sessions are closed (agents come back with their inventory) and the
   * core is loaded again, behind everything that the writer still has before it. There is no undo code.
   */
  rebuild(): void {
    if (this.#rebuilding || this.#closed) return
    this.#rebuilding = true
    this.#writes = false
    this.#epoch++
    this.sessions.endAll('unavailable', 'the head reloads its state', true)
    const attempt = (): void => {
      this.store('inventory', { node: '' as NodeId, held: [] }).then(
        () => {
          this.#writes = true
        },
        () => this.later(retryMs, attempt),
      )
    }
    attempt()
  }

  /** Reads the rows again, once the writer works and owes no answer. */
  #reload(): void {
    if (this.#closed || !this.#rebuilding || !this.#writes || this.#underWay > 0) return
    this.#epoch++
    // Those that came meanwhile spoke to the old core.
    this.sessions.endAll('unavailable', 'the head reloads its state', true)
    this.#core = newCore(this.now(), this.#deps.limits)
    this.#lookAtDisk()
    this.#rebuilding = false
    loadCore(this.#core, this.#deps.db, this.now(), this.#effects)
    this.searches?.reloaded()
  }

  get rebuilding(): boolean {
    return this.#rebuilding
  }

  #lookAtDisk(): void {
    const low = this.#deps.isDiskLow?.() === true
    if (low !== this.#core.diskLow) {
      this.#deps.warn(low ? 'the disk is almost full: no new jobs are given out' : 'there is room on the disk again: jobs are given out')
    }
    this.#core.diskLow = low
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#closed || this.#rebuilding) return
      plan(this.#core, this.#effects)
    })
  }

  #changed(jobset: number): void {
    this.revisions.changed(jobset)
    if (this.#dirty) return
    this.#dirty = true
    setImmediate(() => {
      this.#dirty = false
      this.revisions.wake()
    })
  }

  #makeEffects(): Effects {
    const changes = (list: Parameters<typeof onJobChanges>[1]): void => onJobChanges(this.#core, list, this.#effects)
    return {
      claim: (items) => {
        const asked = items.map((item) => ({ ...item, attempt: this.#deps.newId() }))
        this.run(
          'claim',
          { items: asked },
          (claimed) => onClaimed(this.#core, asked, claimed, this.#effects),
          () => this.later(retryMs, () => onClaimFailed(this.#core, asked, this.#effects)),
        )
      },
      orderBuild: (node, jobset, place, grant) => {
        const id = this.#deps.newId()
        this.run(
          'orderBuild',
          { id, jobset, node, place, grant },
          () => onBuildOrdered(this.#core, node, jobset, id, this.#effects, place),
          () => this.later(retryMs, () => onBuildOrderFailed(this.#core, node, jobset, place, this.#effects)),
        )
      },
      dropBuilds: (ids, reason) =>
        this.run(
          'dropBuilds',
          { ids, reason },
          () => {},
          () => this.#again(),
        ),
      lose: (attempts, reason) =>
        this.run(
          'lose',
          { attempts, reason },
          (reply) => changes(reply.changes),
          () => this.#again(),
        ),
      giveBack: (items) => this.run('giveBack', { items }, changes, () => this.#again()),
      endJobset: (jobset, state, reason, counts) => {
        this.run(
          'endJobset',
          { jobset, state, reason, counts },
          (reply) => {
            if (reply.ended) onJobsetEnded(this.#core, jobset)
            else onReopenedMeanwhile(this.#core, jobset)
            changes(reply.changes)
            this.#changed(jobset)
          },
          () => this.#again(),
        )
      },
      stopJobset: (jobset, reason) =>
        this.run(
          'cancel',
          { jobset, jobs: null, by: 'max_fails', failed: reason },
          (reply) => onCancelled(this.#core, jobset, true, reply.changes, reply.live, this.#effects),
          () => this.#again(),
        ),
      failJobs: (jobset, reason) => this.run('failJobs', { jobset, reason }, changes, () => this.#again()),
      // Answered at once: a job that becomes ready between reading and answering would be missed.
      loadReady: (jobset, demand, after, limit) =>
        onReadyLoaded(this.#core, jobset, demand, this.#readyJobs(jobset, demand, after, limit), this.#effects),
      trialsEnded: (jobset, jobs) => this.searches?.ended(jobset, jobs),
      nodeGone: (node, reason) => this.run('nodeGone', { node, reason }, () => {}),
      send: (node, message) => this.sessions.of(node)?.send(message),
      disconnect: (node, reason) => {
        const session = this.sessions.of(node)
        if (session === undefined) return
        this.sessions.close(session)
        session.end('forbidden', reason, false)
      },
      changed: (jobset) => this.#changed(jobset),
      schedule: () => this.#schedule(),
    }
  }

  /** A transition that must happen did not: reload and come to it again from the rows. */
  #again(): void {
    this.later(retryMs, () => this.rebuild())
  }
}
