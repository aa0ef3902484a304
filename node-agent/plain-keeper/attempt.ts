// One attempt in the keeper, from staging to its report. Made and run by the keeper, one at a time. Until its process has
// started nothing here gives way to the event loop: an inventory finds the attempt in the queue, running, or in the journal.
import { closeSync, fstatSync } from 'node:fs'
import { errorMessage, isDiskFull } from '../../shared/base/errors.ts'
import type { ExitFacts, FailReport, InventoryReport, KeeperReport, KillOrder, RunOrder } from '../launcher/messages.ts'
import { type Collected, collect } from './collect.ts'
import { endAll } from './end-all.ts'
import type { Ledger } from './ledger.ts'
import type { SlotOutput, TakenOutput } from './output.ts'
import type { Plan } from './plan.ts'
import { Running } from './running.ts'
import { type Started, startProcess } from './start.ts'
import type { Strangers } from './strangers.ts'
import { childrenTimes, type Used } from './usage.ts'
import { tick, type Workspace } from './workspace.ts'

export interface AttemptParts {
  readonly marker: string
  readonly boot: string
  readonly strangers: Strangers
  readonly ledger: Ledger
  readonly output: SlotOutput
  report(report: KeeperReport): void
  flush(): void
  complain(text: string): void
}

export class Attempt {
  readonly #parts: AttemptParts
  readonly #order: RunOrder
  readonly #space: Workspace
  #running: Running | null = null
  /** descriptor of its own output file, once it has one */
  #own: number | null = null

  constructor(parts: AttemptParts, order: RunOrder, space: Workspace) {
    this.#parts = parts
    this.#order = order
    this.#space = space
  }

  get id(): string {
    return this.#order.id
  }

  get inventory(): Pick<InventoryReport, 'run' | 'k' | 'pid' | 'at' | 'big'> {
    return { run: this.id, k: this.#order.k, pid: this.#running?.pid ?? 0, at: this.#running?.at ?? 0, big: this.#own !== null }
  }

  end(why: KillOrder['why'], graceMs: number): void {
    this.#running?.end(why, graceMs)
  }

  /** Resolves when it is over and reported. */
  async run(plan: Plan): Promise<void> {
    const space = this.#space
    const { ledger, output } = this.#parts
    if (ledger.isFull) return this.fail('full', 'no space left for the journal')
    try {
      if (this.#order.k === 'build') space.reset()
      else sleep(space.stage(plan, this.#order.script))
    } catch (error) {
      return this.fail(trouble(error), `cannot prepare the workspace ${space.path}: ${errorMessage(error)}`)
    }
    const before = childrenTimes()
    space.trust = BigInt(Date.now()) * 1_000_000n - tick
    let started: Started
    try {
      started = await startProcess(this.#order, this.#environment(), space.path, output.fd)
    } catch (error) {
      return this.fail('spawn', `cannot start ${this.#order.argv[0]}: ${errorMessage(error)}`)
    }
    const running = this.#watch(started, before)
    this.#running = running
    const unrecorded = this.#record(running, started)
    const status = await running.ended
    const used = running.usage.end()
    await endAll(running.members, this.#parts.complain)
    if (unrecorded === null) this.#finish(running, status, used, started.note)
    else {
      space.forgetSave()
      output.clear()
      this.fail(trouble(unrecorded.error), `cannot write the journal: ${errorMessage(unrecorded.error)}`)
    }
  }

  fail(err: FailReport['err'], msg: string): void {
    const facts = { id: this.id, k: this.#order.k, err, msg }
    this.#parts.ledger.failed({ r: 'f', ...facts })
    this.#parts.report({ e: 'fail', ...facts })
  }

  #environment(): Record<string, string> {
    const slot = this.#parts.marker.slice(this.#parts.marker.indexOf('=') + 1)
    return { ...this.#space.order.env, ...this.#order.env, DIST_ATTEMPT: this.id, DIST_SLOT: slot }
  }

  #watch(started: Started, before: ReturnType<typeof childrenTimes>): Running {
    const { marker, strangers, report, flush } = this.#parts
    return new Running(
      { order: this.#order, started, marker, strangers, before },
      {
        onLong: () => {
          if (this.#running === null) return
          report({ e: 'start', id: this.id, k: this.#order.k, pid: started.pid, at: this.#running.at })
          flush()
        },
        onLook: (late) => this.#look(late),
      },
    )
  }

  /** What is wrong when the start cannot be recorded; it is ended then. */
  #record(running: Running, { pid, ticks }: Started): { readonly error: unknown } | null {
    const { id, k, t } = this.#order
    try {
      this.#parts.ledger.started({ r: 's', id, k, t, pid, ticks: [ticks, ticks], boot: this.#parts.boot, at: running.at })
      return null
    } catch (error) {
      running.end('kill', 0)
      return { error }
    }
  }

  /** Gives a job that has written, or is long, an output file of its own; false = ask again. */
  #look(late: boolean): boolean {
    const { output, report, flush, complain } = this.#parts
    try {
      if (!late && fstatSync(output.fd).size === 0) return false
      this.#own = output.move(this.id)
      report({ e: 'moved', id: this.id })
      flush()
    } catch (error) {
      complain(`the output of ${this.id} stays in the slot: ${errorMessage(error)}`)
    }
    return true
  }

  #finish(running: Running, status: number, used: Used, remark: string | null): void {
    const { output, ledger } = this.#parts
    const saved = this.#collect()
    const printed = this.#takeOutput()
    const notes = [remark, saved.note, printed.note].filter((note) => note !== null)
    const facts: ExitFacts = {
      id: this.id,
      k: this.#order.k,
      st: status,
      why: running.why,
      at: running.at,
      wall: Math.round(running.wallMs * 1000),
      ut: used.user,
      stm: used.system,
      rss: used.largest,
      peak: used.peak,
      src: 'sampled',
      out: printed.data === null ? null : printed.data.toString('base64'),
      outn: printed.size,
      files: saved.files,
      dirs: saved.folders,
      big: printed.data === null || saved.files === null,
      ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
    }
    ledger.ended({ r: 'x', ...facts })
    output.clear()
    if (this.#own !== null) {
      closeSync(this.#own)
      if (printed.data !== null) output.unmove(this.id)
    }
    try {
      saved.clear?.()
    } catch {
      this.#space.forgetSave() // staging tries again and says what is wrong
    }
    this.#parts.report({ e: 'exit', ...facts })
  }

  #collect(): Collected {
    try {
      return collect(this.#space, () => this.#parts.output.folder(this.id))
    } catch (error) {
      this.#space.forgetSave()
      return { files: [], folders: [], note: `distribute_save could not be kept: ${errorMessage(error)}`, clear: null }
    }
  }

  #takeOutput(): TakenOutput {
    try {
      return this.#parts.output.take(this.id, this.#own)
    } catch (error) {
      return { data: Buffer.alloc(0), size: 0, note: `the output could not be kept: ${errorMessage(error)}` }
    }
  }
}

/** Without giving way to the event loop; 10 ms at most, and rarely. */
function sleep(ms: number): void {
  if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** A full disk is the node's trouble, not the job's: the agent hands it back. */
function trouble(error: unknown): FailReport['err'] {
  return isDiskFull(error) ? 'full' : 'stage'
}
