// Drives one search: gathers what happened (ends, answers of its optimiser, orders of people), lets the machine decide, writes
// that down as one step, and only then acts on it. One step at a time: what comes meanwhile is the next one, so many ends
// cost one commit.
//
//   idle -> step under way -> idle, and beside it, for outside algorithms:   quiet -> asking -> quiet
//
// While the optimiser is asked, ends wait: so the order of the history is the order in which it learns, and a new process
// that is given the history is where the old one was.
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import type { JobId } from '../../shared/model/ids.ts'
import type { SearchEvent } from '../../shared/search/search-step.ts'
import { typedParams } from '../../shared/search/suggested.ts'
import type { SearchAdvance } from '../ports/search-advance.ts'
import type { SearchProblem } from '../ports/search-summary.ts'
import type { SearchReads } from '../store/reads/searches.ts'
import type { AdvancedSearch } from '../store/transitions/advance-search.ts'
import type { Suggestion, TrialResult } from '../suggest/protocol.ts'
import { advance, askedTrials, type SearchRun } from './search-run.ts'

/** The part of suggest/suggester.ts that is used. */
export interface Optimiser {
  ask(n: number, signal: AbortSignal): Promise<readonly Suggestion[]>
  tell(results: readonly TrialResult[], signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface DriverPorts {
  readonly reads: Pick<SearchReads, 'stand' | 'ended'>
  /** null = the head works it out itself */
  readonly optimiser: Optimiser | null
  /** Resolves when the step is durable. */
  write(step: SearchAdvance): Promise<AdvancedSearch>
  /** A durable step: the core learns of it. */
  applied(step: SearchAdvance, reply: AdvancedSearch): void
  /** A step could not be written: memory is ahead of the rows, this driver is of no use any more. */
  broken(error: unknown): void
}

interface Order {
  readonly event: SearchEvent
  readonly by: string
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

export class SearchDriver {
  readonly run: SearchRun
  readonly #ports: DriverPorts
  readonly #ended = new Set<JobId>()
  #orders: Order[] = []
  #answers: SearchEvent[] = []
  /** aborts the ask that is under way; null = none is */
  #asking: AbortController | null = null
  /** the optimiser gave less than it was asked for: it must be told results first */
  #waiting = false
  #busy = false
  #closed = false

  constructor(run: SearchRun, ports: DriverPorts) {
    this.run = run
    this.#ports = ports
  }

  /** Somebody waits for what they ordered. */
  get hasOrders(): boolean {
    return this.#orders.length > 0
  }

  /** Looks whether there is something to do; `jobs`: whose trials ended. */
  wake(jobs: readonly JobId[] = []): void {
    for (const job of jobs) this.#ended.add(job)
    if (!this.#busy && !this.#closed) void this.#work()
  }

  /** Resolves when it is durable. */
  order(event: SearchEvent, by: string): Promise<void> {
    if (this.#closed) return Promise.reject(new DistError('unavailable', 'the head is loading the search again'))
    if (event.kind === 'stop') this.#takeBack()
    return new Promise((done, failed) => {
      this.#orders.push({ event, by, done, failed })
      this.wake()
    })
  }

  /** Nothing of it acts any more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#asking?.abort(new Error('the head closes the search'))
    for (const { failed } of this.#orders) failed(new DistError('unavailable', 'the head loads its state again'))
    this.#orders = []
    await this.#ports.optimiser?.close()
  }

  async #work(): Promise<void> {
    this.#busy = true
    for (;;) {
      const orders = this.#orders
      try {
        const events = this.#take()
        if (events.length === 0) break
        await this.#step(events, orders[0]?.by ?? null)
        for (const { done } of orders) done()
      } catch (error) {
        for (const { failed } of orders) failed(error)
        if (!this.#closed) this.#ports.broken(error)
        return
      }
      if (this.#closed) return
    }
    this.#busy = false
    this.#ask()
  }

  async #step(events: readonly SearchEvent[], by: string | null): Promise<void> {
    const step = advance(this.run, events, by)
    const reply = await this.#ports.write(step)
    if (!this.#closed) this.#ports.applied(step, reply)
  }

  /** What happened since the last step, in the order in which it counts. */
  #take(): readonly SearchEvent[] {
    const { run } = this
    const stops = this.#stops()
    if (stops.length > 0) this.#takeBack()
    // an answer that comes with a reason to stop starts nothing
    const events: SearchEvent[] = [...stops, ...this.#answers]
    this.#answers = []
    // what may not go on does not begin
    const stopped = stops.length > 0 || this.#orders.some(({ event }) => event.kind === 'stop')
    if (run.seq === 0 && !stopped) events.push({ kind: 'begun' })
    if (this.#asking === null || this.#asking.signal.aborted) events.push(...this.#ends())
    events.push(...this.#orders.map(({ event }) => event))
    this.#orders = []
    return events
  }

  /** What the rows say against going on: its jobset was cancelled, a node found that nothing can work. */
  #stops(): readonly SearchEvent[] {
    const { run } = this
    const stand = run.state.done ? null : this.#ports.reads.stand(run.jobset)
    if (stand === null) return []
    if (!stand.isActive && run.state.closing === null) return [{ kind: 'stop', cancel: true, failed: false }]
    if (stand.problem === null || run.state.closing !== null) return []
    run.problem = stand.problem
    return [{ kind: 'stop', cancel: false, failed: true }]
  }

  /** A process that gave what nobody will take is ahead of the history: the next ask starts another one. */
  #takeBack(): void {
    this.#asking?.abort(new Error('what was asked is not wanted any more'))
  }

  #ends(): readonly SearchEvent[] {
    const jobs = [...this.#ended]
    this.#ended.clear()
    return jobs.flatMap((job): readonly SearchEvent[] => {
      const row = this.#ports.reads.ended(job)
      return row === null ? [] : [{ kind: 'ended', trial: row.number, run: row.run, end: row.end }]
    })
  }

  #ask(): void {
    const { run } = this
    const { optimiser } = this.#ports
    const asked = askedTrials(run)
    if (optimiser === null || asked.length === 0 || this.#asking !== null || this.#closed) return
    if (this.#waiting && run.untold.length === 0) {
      if (run.state.open.size > asked.length) return
      // nothing runs that it could learn of
      this.#waiting = false
      this.#answers = asked.map((trial) => ({ kind: 'exhausted', trial }))
      this.wake()
      return
    }
    const asking = new AbortController()
    this.#asking = asking
    const told = run.untold
    const call = async (): Promise<readonly Suggestion[]> => {
      if (told.length > 0) await optimiser.tell(told, asking.signal)
      return optimiser.ask(asked.length, asking.signal)
    }
    call()
      .then(
        (suggestions) => {
          if (asking.signal.aborted) return
          run.untold = run.untold.slice(told.length)
          this.#waiting = suggestions.length < asked.length
          this.#answer(asked, suggestions)
        },
        (error: unknown) => {
          if (!asking.signal.aborted) this.#fail(problemOf(error))
        },
      )
      .finally(() => {
        this.#asking = null
        if (!this.#closed && !this.#busy) void this.#work()
      })
  }

  #answer(asked: readonly number[], suggestions: readonly Suggestion[]): void {
    for (const [index, { trial, params }] of suggestions.entries()) {
      const wanted = asked[index]
      if (wanted !== trial) {
        this.#fail({ message: `the optimiser suggested trial ${trial} where ${wanted} was asked for`, hint: 'please report it' })
        return
      }
      const typed = typedParams(this.run.spec.params, params)
      if (typeof typed === 'string') {
        this.#fail({ message: `the optimiser is wrong: ${typed}`, hint: 'please report it, with the search' })
        return
      }
      this.#answers.push({ kind: 'suggested', trial, params: typed })
    }
  }

  #fail(problem: SearchProblem): void {
    this.run.problem = problem
    this.#answers = [{ kind: 'stop', cancel: false, failed: true }]
  }
}

export function problemOf(error: unknown): SearchProblem {
  return { message: errorMessage(error), hint: error instanceof DistError ? (error.hint ?? null) : null }
}
