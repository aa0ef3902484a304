// The keeper of one slot on a node without python3: stages, starts, waits for, ends and collects jobs, one after the other, as
// the agent orders. Same protocol, files and rules as python/keeper.py: docs/keeper-protocol.md. Made by main.ts.
//
//   idle -> attempt (attempt.ts) -> idle;  leaving: `retire` when the queue is done, `stop` after this job
import { setImmediate } from 'node:timers/promises'
import { errorMessage } from '../../shared/base/errors.ts'
import type { RunOrder, TemplateOrder } from '../launcher/messages.ts'
import { Attempt, type AttemptParts } from './attempt.ts'
import { idProblem, type Order } from './order.ts'
import { makePlan, type Plan } from './plan.ts'
import { Workspace } from './workspace.ts'

export interface KeeperParts extends AttemptParts {
  /** reports may leave, this many jobs are queued */
  sendDue(queued: number): void
}

interface Queued {
  readonly order: RunOrder
  /** of `input/`, made when the jobset was known */
  readonly plan: Plan | null
}

export class Keeper {
  readonly #parts: KeeperParts
  readonly #spaces = new Map<string, Workspace>()
  /** the one whose jobs ran last */
  #space: Workspace | null = null
  #queue: Queued[] = []
  #attempt: Attempt | null = null
  #leaving: 'retire' | 'stop' | null = null
  #wake: () => void = () => undefined

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  /** Resolves when it has been told to leave and nothing of a job is left. */
  async work(): Promise<void> {
    for (;;) {
      if (this.#leaving === 'stop' || (this.#leaving === 'retire' && this.#queue.length === 0)) return
      const next = this.#queue.shift()
      this.#parts.ledger.boundary()
      if (next === undefined) {
        this.#parts.flush()
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        continue
      }
      await this.#run(next)
      this.#parts.sendDue(this.#queue.length)
      // orders that came meanwhile first, also when no job ever starts
      await setImmediate()
    }
  }

  /** Throws when the order makes no sense. */
  obey(order: Order): void {
    switch (order.op) {
      case 'run':
        this.#add(order)
        break
      case 'forget':
        this.#parts.ledger.forget(order.ids.filter((id) => id !== this.#attempt?.id))
        break
      case 'drop':
        this.#drop(order.ids)
        break
      case 'kill':
        if (this.#attempt?.id === order.id) this.#attempt.end(order.why, order.grace * 1000)
        else this.#drop([order.id])
        break
      case 'tmpl':
        this.#template(order)
        break
      case 'inv':
        this.#inventory()
        break
      case 'stop':
        this.#leave(order.grace * 1000)
        break
      case 'retire':
        this.#leaving ??= 'retire'
        break
    }
    this.#wake()
  }

  /** The launcher is gone, or somebody wants this keeper gone: no process of the job stays behind. */
  leaveNow(): void {
    this.#queue = []
    this.#leave(0)
    this.#wake()
  }

  async #run({ order, plan }: Queued): Promise<void> {
    const space = this.#spaces.get(order.t)
    if (space === undefined) {
      this.#fail(order, `the keeper was not told about jobset ${order.t}`)
      return
    }
    if (space.order.view !== undefined) {
      this.#fail(order, 'there are no views of a build on a node without python3')
      return
    }
    // what others did to its folder while it was not in use is not known
    if (space !== this.#space && !space.saveIsEmpty()) space.forgetSave()
    this.#space = space
    this.#attempt = new Attempt(this.#parts, order, space)
    await this.#attempt.run(plan ?? space.plan)
    this.#attempt = null
  }

  #fail(order: RunOrder, text: string): void {
    const facts = { id: order.id, k: order.k, err: 'stage', msg: text } as const
    this.#parts.ledger.failed({ r: 'f', ...facts })
    this.#parts.report({ e: 'fail', ...facts })
  }

  #add(order: RunOrder): void {
    const problem = idProblem(order.id)
    if (problem !== null) throw new Error(problem)
    const space = this.#spaces.get(order.t)
    try {
      const plan = space === undefined || order.files.length === 0 ? null : makePlan(space.order.files, order.files)
      this.#queue.push({ order, plan })
    } catch (error) {
      this.#fail(order, errorMessage(error))
    }
  }

  #template(order: TemplateOrder): void {
    const space = new Workspace(order)
    if (this.#spaces.get(order.t) === this.#space) this.#space = null
    this.#spaces.set(order.t, space)
  }

  #drop(ids: readonly string[]): void {
    const dropped = this.#queue.filter(({ order }) => ids.includes(order.id)).map(({ order }) => order.id)
    if (dropped.length === 0) return
    this.#queue = this.#queue.filter(({ order }) => !ids.includes(order.id))
    this.#parts.report({ e: 'dropped', ids: dropped })
    this.#parts.flush()
  }

  #inventory(): void {
    const running = this.#attempt?.inventory ?? { run: null, k: null, pid: 0, at: 0, big: false }
    const queue = this.#queue.map(({ order }) => order.id)
    this.#parts.report({ e: 'inv', ...running, queue, journal: this.#parts.ledger.kept })
    this.#parts.flush()
  }

  #leave(graceMs: number): void {
    this.#leaving = 'stop'
    this.#drop(this.#queue.map(({ order }) => order.id))
    this.#attempt?.end('kill', graceMs)
  }
}
