// The optimiser of one search, as a function of the search and its history: asks and tells go to a process of python/dist_suggest,
// and when that ends, hangs or talks nonsense, another one is started and given the history. Nothing is kept here.
//
// The caller writes a suggestion down before it acts on it and a result before it tells it: then it may be told again after a restart,
// which the program ignores, and an ask whose answer was lost gives the same trials again.
import { DistError } from '../../shared/base/errors.ts'
import type { AlgorithmState, SuggestEvent, Suggestion, SuggestSearch, TrialResult } from './protocol.ts'
import { type Difference, readAlgorithms, readDifferences, readNotices, readSuggestions } from './protocol.ts'
import { replyError } from './reply-error.ts'
import { ChildFailure, SuggestChild } from './suggest-child.ts'
import type { SuggestCommand } from './suggest-command.ts'

type History = Iterable<SuggestEvent> | AsyncIterable<SuggestEvent>

export interface SuggesterOptions {
  readonly command: SuggestCommand
  readonly search: SuggestSearch
  /** all asks and tells so far, in order; read again at each start of a process */
  readonly history: () => History
  /** something that a person should know: a setting without effect, a process that had to be replaced */
  readonly onNotice: (text: string) => void
  /** ms for one answer, defaults below */
  readonly deadlines?: Partial<Deadlines>
}

interface Deadlines {
  /** until it has imported the optimiser: half a minute on a cold disk */
  readonly open: number
  /** ask, tell, and 500 suggestions of a history: a Gaussian process takes seconds for each */
  readonly work: number
}

const defaults: Deadlines = { open: 180_000, work: 1_800_000 }
const starts = 3
const perReplay = 500

export class Suggester {
  readonly #options: SuggesterOptions
  readonly #deadlines: Deadlines
  #child: SuggestChild | null = null
  #last: Promise<unknown> = Promise.resolve()
  #hasTold = false

  constructor(options: SuggesterOptions) {
    this.#options = options
    this.#deadlines = { ...defaults, ...options.deadlines }
  }

  /** Up to `n` suggestions; fewer, or none, when the optimiser must be told results first. */
  ask(n: number, signal: AbortSignal): Promise<readonly Suggestion[]> {
    return this.#inTurn(async () => readSuggestions(await this.#do('ask', { n }, signal)))
  }

  /** In the order given, which is part of the history. */
  tell(results: readonly TrialResult[], signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      await this.#do('tell', { results }, signal)
    })
  }

  /** Ends the process; a later ask starts another. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#drop())
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async #do(op: string, fields: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown> {
    const { algorithm } = this.#options.search
    for (let start = 1; ; start += 1) {
      try {
        const child = this.#child ?? (await this.#start(signal))
        return await this.#call(child, op, fields, this.#deadlines.work, signal)
      } catch (error) {
        if (!(error instanceof ChildFailure)) {
          if (signal.aborted) await this.#drop()
          throw error
        }
        await this.#drop()
        const message = `the process that asks ${algorithm} for suggestions is of no use: ${error.message}`
        if (start === starts) {
          const hint = `it was started ${starts} times; try it by hand: ${this.#options.command.file} ${this.#options.command.args.join(' ')}`
          throw new DistError('optimiser_failed', message, { hint, cause: error })
        }
        this.#options.onNotice(`${message}; another one is started`)
      }
    }
  }

  async #start(signal: AbortSignal): Promise<SuggestChild> {
    const { command, search, history } = this.#options
    const child = new SuggestChild(command)
    this.#child = child
    try {
      const opened = await this.#call(child, 'open', { ...search }, this.#deadlines.open, signal)
      if (!this.#hasTold) for (const notice of readNotices(opened)) this.#options.onNotice(notice)
      this.#hasTold = true
      let events: SuggestEvent[] = []
      let size = 0
      const send = async (): Promise<void> => {
        if (events.length === 0) return
        this.#warn(readDifferences(await this.#call(child, 'replay', { events }, this.#deadlines.work, signal)))
        events = []
        size = 0
      }
      for await (const event of history()) {
        events.push(event)
        size += 'ask' in event ? event.ask.length : event.tell.length
        if (size >= perReplay) await send()
      }
      await send()
      return child
    } catch (error) {
      await this.#drop()
      throw error
    }
  }

  #warn(differences: readonly Difference[]): void {
    const [first] = differences
    if (first === undefined) return
    const { algorithm } = this.#options.search
    this.#options.onNotice(
      `${algorithm} would suggest something else now for ${differences.length} trials that were suggested before, the first is trial ${first.trial}: ` +
        'another version of it, or another processor? The search goes on with what was suggested; later suggestions may differ from those of an undisturbed run',
    )
  }

  async #call(child: SuggestChild, op: string, fields: Readonly<Record<string, unknown>>, deadline: number, signal: AbortSignal) {
    const reply = await child.request(op, fields, { deadline, signal })
    if ('ok' in reply) return reply.ok
    // the optimiser stopped half-way
    if (reply.code === 'failed') await this.#drop()
    throw replyError(reply)
  }

  async #drop(): Promise<void> {
    const child = this.#child
    this.#child = null
    await child?.close()
  }
}

/** Which algorithms the interpreter can import, by name. `check`: those that are imported really (seconds each), not only looked for. */
export async function probeAlgorithms(
  command: SuggestCommand,
  check: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AlgorithmState>> {
  const child = new SuggestChild(command)
  try {
    const reply = await child.request('hello', { import: check }, { deadline: defaults.open, signal })
    if (!('ok' in reply)) throw replyError(reply)
    return readAlgorithms(reply.ok)
  } catch (error) {
    if (!(error instanceof ChildFailure)) throw error
    throw new DistError('missing_program', `what searches need cannot be started: ${error.message}`, {
      hint: 'install python3 3.8 or newer',
    })
  } finally {
    await child.close()
  }
}
