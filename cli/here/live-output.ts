// What a jobset that runs here is doing, as it happens: output of the build and of every job, and how each ended.
//
//   build_started -> its output -> build_succeeded | build_failed
//   job_started -> its output -> committed | attempt_kept (tried again) -> … -> jobset_finished
import type { JobsetReply } from '../../shared/api/types.ts'
import type { Event } from '../../shared/model/event.ts'
import type { Jobset } from '../../shared/model/jobset.ts'
import { describeOutcome, type Outcome } from '../../shared/model/outcome.ts'
import type { Context } from '../context.ts'
import { readEvents } from '../local/read-events.ts'
import { followLog, type OpenLog } from '../local/read-log.ts'
import { statePaint } from '../render/labels.ts'
import { oneLine } from '../render/text-width.ts'
import { LabelledLines } from './labelled-lines.ts'

/** s that the head holds a reply while there is nothing new */
const wait = 2

type Labelled = Pick<Jobset<unknown>, 'jobs'>

/** Shows everything until the jobset is final; then answers it. */
export async function showLive(context: Context, first: JobsetReply, { jobs }: Labelled): Promise<JobsetReply> {
  const head = await context.head()
  const { jobs: firstJobs } = await head.jobs(first.id, { limit: 1 }, context.signal)
  const firstId = firstJobs[0]?.id ?? 0
  const live = new Live(context, (id) => jobs[id - firstId]?.name ?? `job ${id}`, jobs.length === 1)
  const end = new AbortController()
  await readEvents(context, head, AbortSignal.any([context.signal, end.signal]), {
    jobset: first.id,
    after: 0,
    onOpen: async () => undefined,
    onEvent: async (event) => {
      await live.onEvent(event)
      if (event.kind === 'jobset_finished') end.abort()
    },
    onGap: () => undefined,
    onTrouble: (message) => context.note(message),
  })
  context.signal.throwIfAborted()
  return await head.jobset(first.id, context.signal)
}

class Live {
  readonly #context: Context
  readonly #nameOf: (job: number) => string
  /** one job alone needs no label */
  readonly #alone: boolean
  /** by attempt or build: settles when its output is shown; `ended` is set when it is over */
  readonly #shown = new Map<string, { readonly done: Promise<void>; ended: boolean }>()

  constructor(context: Context, nameOf: (job: number) => string, alone: boolean) {
    this.#context = context
    this.#nameOf = nameOf
    this.#alone = alone
  }

  async onEvent({ kind, job, data }: Event): Promise<void> {
    const id = String(data['attempt'] ?? data['build'] ?? '')
    switch (kind) {
      case 'build_started': {
        this.#say('build')
        const head = await this.#context.head()
        this.#show(id, 'build', (offset) => head.buildLog(id, { offset, wait }, this.#context.signal))
        return
      }
      case 'build_succeeded':
      case 'build_failed':
        await this.#end(id)
        this.#say(`build: ${this.#state(kind === 'build_failed' ? 'failed' : 'succeeded')}`)
        return
      case 'job_started':
        await this.#start(job ?? 0, id, Number(data['number'] ?? 1))
        return
      case 'committed':
      case 'attempt_kept': {
        // one that was over before it could be told as started
        const ran = data['number'] !== null && data['number'] !== undefined
        if (ran && !this.#shown.has(id)) await this.#start(job ?? 0, id, Number(data['number']))
        await this.#end(id)
        const outcome = describeJob(data['outcome'])
        const more = data['as'] === 'failed' ? ', is tried again' : ''
        this.#say(`${oneLine(this.#nameOf(job ?? 0))}: ${this.#state(outcome.state, outcome.text)}${more}`)
        return
      }
      default:
    }
  }

  async #start(job: number, id: string, number: number): Promise<void> {
    const name = oneLine(this.#nameOf(job))
    if (!this.#alone) this.#say(number > 1 ? `${name}, attempt ${number}` : name)
    const head = await this.#context.head()
    this.#show(id, this.#alone ? '' : name, (offset) => head.jobLog(job, { offset, wait, id }, this.#context.signal))
  }

  #show(id: string, name: string, open: OpenLog): void {
    if (this.#shown.has(id)) return
    const { io, out, signal } = this.#context
    const lines = new LabelledLines(io.stdout, name === '' ? '' : `${out.dim(`${name} |`)} `)
    const state = { done: Promise.resolve(), ended: false }
    const follow = async (): Promise<void> => {
      await followLog(this.#context, { offset: 0 }, open, lines.take, async () => state.ended)
      await lines.end()
    }
    state.done = follow()
    // an interrupted run tells so itself
    state.done.catch(() => signal.aborted)
    this.#shown.set(id, state)
  }

  async #end(id: string): Promise<void> {
    const state = this.#shown.get(id)
    if (state === undefined) return
    state.ended = true
    await state.done
  }

  #state(state: string, text = state): string {
    return statePaint(this.#context.err, state)(oneLine(text))
  }

  #say(text: string): void {
    this.#context.note(`${this.#context.err.dim('--')} ${text}`)
  }
}

function describeJob(outcome: unknown): { readonly state: string; readonly text: string } {
  const known = outcome as Outcome | { readonly kind: 'skipped'; readonly reason: string }
  if (known.kind === 'skipped') return { state: 'skipped', text: `skipped: ${known.reason}` }
  return { state: known.kind === 'succeeded' ? 'succeeded' : 'failed', text: describeOutcome(known) }
}
