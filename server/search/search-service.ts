// The searches of the head: a driver for each that goes on, made from its rows at start, when its jobset comes, and when
// somebody orders something of one that was done. Beside the loop, which tells it of ended jobs and hears of new ones.
import type { SearchReply, TrialsReply } from '../../shared/api/types.ts'
import { errorCodes } from '../../shared/base/error-codes.ts'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import type { SearchParam } from '../../shared/model/domain.ts'
import type { JobId, JobsetId } from '../../shared/model/ids.ts'
import { plannedTrials } from '../../shared/search/search-state.ts'
import type { SearchEvent } from '../../shared/search/search-step.ts'
import { mostTrials } from '../../shared/search/space.ts'
import { onCancelled } from '../core/attempt-events.ts'
import { onAdvanced, onReopened } from '../core/jobset-events.ts'
import type { HeadLoop } from '../loop/head-loop.ts'
import type { HeadService } from '../loop/head-service.ts'
import type { SearchAdvance } from '../ports/search-advance.ts'
import { type SearchProblem, standOf } from '../ports/search-summary.ts'
import type { SearchListener, SearchPort, TrialsFilter } from '../ports/searches.ts'
import { readJobsetSpec } from '../ports/spec-json.ts'
import type { SearchReads, SearchRow } from '../store/reads/searches.ts'
import type { AdvancedSearch } from '../store/transitions/advance-search.ts'
import { fromEventRow } from './event-rows.ts'
import { type Optimiser, problemOf, SearchDriver } from './search-driver.ts'
import { newRun, replayEvent, type SearchRun } from './search-run.ts'
import { searchReply, trialReply } from './search-views.ts'

export interface SearchServiceDependencies {
  readonly loop: HeadLoop
  readonly head: HeadService
  readonly reads: SearchReads
  /** Starts nothing yet. `onNotice`: what a person should know of it. */
  readonly optimiserOf: (run: SearchRun, onNotice: (text: string) => void) => Optimiser
  readonly warn: (message: string) => void
}

/** A step that could not be written is made anew from the rows after this. */
const retryMs = 1000
const mostNotices = 20

export class SearchService implements SearchListener, SearchPort {
  readonly #deps: SearchServiceDependencies
  readonly #drivers = new Map<JobsetId, SearchDriver>()
  #closed = false

  constructor(deps: SearchServiceDependencies) {
    this.#deps = deps
  }

  /** After the core was loaded. */
  start(): void {
    for (const jobset of this.#deps.reads.open()) this.opened(jobset)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#closeAll()
  }

  opened(jobset: JobsetId): void {
    if (this.#closed) return
    try {
      this.#driver(jobset)?.wake(this.#deps.reads.unknown(jobset))
    } catch (error) {
      // one search that cannot be read keeps no head from starting
      this.#deps.warn(`the search of jobset ${jobset} cannot go on: ${errorMessage(error)}`)
    }
  }

  ended(jobset: JobsetId, jobs: readonly JobId[]): void {
    this.#drivers.get(jobset)?.wake(jobs)
  }

  reloaded(): void {
    void this.#closeAll()
    this.start()
  }

  has(jobset: JobsetId): boolean {
    return this.#deps.reads.find(jobset) !== null
  }

  search(jobset: JobsetId): SearchReply {
    const row = this.#row(jobset)
    return searchReply(this.#deps.head.jobset(jobset), specOf(row), row)
  }

  space(jobset: JobsetId): readonly SearchParam[] {
    return specOf(this.#row(jobset)).params
  }

  trials(jobset: JobsetId, filter: TrialsFilter): TrialsReply {
    const { label } = specOf(this.#row(jobset))
    const { rows, more } = this.#deps.reads.trials(jobset, filter)
    return { trials: rows.map((row) => trialReply(label, row)), more }
  }

  async extend(jobset: JobsetId, samples: number, by: string): Promise<void> {
    const driver = this.#known(jobset)
    const { search, state } = driver.run
    if (plannedTrials(search, [...state.blocks, samples]) > mostTrials) {
      if (state.done) this.#forget(jobset, driver)
      throw new DistError('bad_request', `a search has at most ${mostTrials.toLocaleString('en')} trials`, {
        hint: 'ask for fewer samples',
      })
    }
    await this.#order(jobset, { kind: 'extended', samples }, by)
  }

  async stop(jobset: JobsetId, cancel: boolean, by: string): Promise<void> {
    if (this.#row(jobset).done) return
    await this.#order(jobset, { kind: 'stop', cancel, failed: false }, by)
  }

  async retry(jobset: JobsetId, by: string): Promise<number> {
    const { counts } = this.#row(jobset).summary
    const failed = Object.values(counts).reduce((sum, count) => sum + count, 0) - counts.reported
    await this.#order(jobset, { kind: 'retry_failed' }, by)
    return failed
  }

  async #order(jobset: JobsetId, event: SearchEvent, by: string): Promise<void> {
    await this.#known(jobset).order(event, by)
  }

  /** The driver, made from the rows where there is none. */
  #known(jobset: JobsetId): SearchDriver {
    const driver = this.#driver(jobset)
    if (driver === null) throw noSearch(jobset)
    return driver
  }

  #driver(jobset: JobsetId): SearchDriver | null {
    const there = this.#drivers.get(jobset)
    if (there !== undefined) return there
    const run = this.#load(jobset)
    if (run === null) return null
    const { loop, reads, optimiserOf } = this.#deps
    const notice = (text: string): void => {
      if (!run.notices.includes(text)) run.notices = [...run.notices, text].slice(-mostNotices)
    }
    const { epoch } = loop
    const driver = new SearchDriver(run, {
      reads,
      optimiser: run.search.learns ? optimiserOf(run, notice) : null,
      write: (step) => loop.store('advanceSearch', step),
      applied: (step, reply) => {
        // A core that was loaded meanwhile read it from the rows.
        if (epoch !== loop.epoch || loop.rebuilding) return
        this.#apply(step, reply)
        if (step.done && !driver.hasOrders) this.#forget(jobset, driver)
      },
      broken: (error) => this.#broken(jobset, driver, error),
    })
    this.#drivers.set(jobset, driver)
    return driver
  }

  #load(jobset: JobsetId): SearchRun | null {
    const { reads } = this.#deps
    const row = reads.find(jobset)
    const spec = row === null ? undefined : readJobsetSpec(row.spec).search
    if (row === null || spec === undefined) return null
    const run = newRun(jobset, spec, row.seed)
    for (const event of reads.events(jobset)) replayEvent(run, fromEventRow(event))
    // a new process is given all of it
    run.untold = []
    run.problem = row.problem
    run.notices = row.notices
    if (run.seq === 0 && spec.jobType !== 'sh') {
      run.notices = [
        `job_type: ${spec.jobType}: no node has that scheduler, the trials run on ordinary nodes with its cores, memory and time`,
      ]
    }
    return run
  }

  #apply(step: SearchAdvance, reply: AdvancedSearch): void {
    const { loop, head } = this.#deps
    const { core, effects } = loop
    const { jobset } = step
    const { added, changes, live } = reply
    if (!core.jobsets.has(jobset)) {
      if (step.reopened) head.submitted(jobset)
      else effects.changed(jobset)
      return
    }
    if (step.reopened) onReopened(core, jobset)
    onAdvanced(core, jobset, added, standOf(step.summary, step.done, step.problem), effects)
    // its jobset was cancelled while the step was on its way: they ended as they began
    this.ended(
      jobset,
      added.flatMap(({ job, state }) => (state === 'cancelled' ? [job] : [])),
    )
    onCancelled(core, jobset, false, changes, live, effects)
  }

  #forget(jobset: JobsetId, driver: SearchDriver): void {
    if (this.#drivers.get(jobset) !== driver) return
    this.#drivers.delete(jobset)
    void driver.close()
  }

  #broken(jobset: JobsetId, driver: SearchDriver, error: unknown): void {
    const { loop, warn } = this.#deps
    const { epoch } = loop
    const problem = problemOf(error)
    warn(`search of jobset ${jobset}: ${problem.message}`)
    void driver.close()
    loop.later(retryMs, () => {
      if (this.#closed || epoch !== loop.epoch || this.#drivers.get(jobset) !== driver) return
      this.#drivers.delete(jobset)
      if (isFinal(error)) this.#fail(jobset, problem)
      else this.opened(jobset)
    })
  }

  /** What can never be written ends the search. */
  #fail(jobset: JobsetId, problem: SearchProblem): void {
    const driver = this.#driver(jobset)
    if (driver === null) return
    driver.run.problem = problem
    // before the ends that wait: they would begin what cannot be written
    driver.order({ kind: 'stop', cancel: false, failed: true }, 'head').catch(() => undefined)
    driver.wake(this.#deps.reads.unknown(jobset))
  }

  #row(jobset: JobsetId): SearchRow {
    const row = this.#deps.reads.find(jobset)
    if (row === null) throw noSearch(jobset)
    return row
  }

  async #closeAll(): Promise<void> {
    const drivers = [...this.#drivers.values()]
    this.#drivers.clear()
    await Promise.all(drivers.map((driver) => driver.close()))
  }
}

function specOf(row: SearchRow) {
  const { search } = readJobsetSpec(row.spec)
  if (search === undefined) throw new DistError('bug', 'a search without its description')
  return search
}

/** It would fail again; a full disk or a store that stops may not. */
function isFinal(error: unknown): boolean {
  return !(error instanceof DistError) || errorCodes[error.code].consequence !== 'retry'
}

function noSearch(jobset: JobsetId): DistError {
  return new DistError('no_search', `jobset ${jobset} has no search`, { hint: 'its jobs are in: dist jobs' })
}
