// The campaign itself: a steady stream of jobsets, faults that a seed draws, now and then calm, in which everything has to
// come to its end and is checked. Called by main.ts.
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Random } from '../../sim/random.ts'
import type { Fault, Scene } from './fault.ts'
import { type FullTime, openRows, orphans, wrongFiles, wrongJobs } from './invariants.ts'
import { makeJobset, type PlannedJobset } from './jobset-maker.ts'
import { progressOf, readStore } from './store-view.ts'

export interface StormOptions {
  readonly seed: number
  /** ms of faults altogether, and in one phase */
  readonly length: number
  readonly phase: number
  /** ms without anything new after which something hangs */
  readonly still: number
  readonly faults: readonly Fault[]
  readonly log: (line: string) => void
}

/** most faults at once, most open jobs */
const [mostFaults, mostOpen] = [3, 50]

export class Storm {
  readonly #scene: Scene
  readonly #options: StormOptions
  /** chance of faults and of jobsets apart: how long a submit takes does not change the order of faults */
  readonly #faultChance: Random
  readonly #jobChance: Random
  readonly #busy = new Set<string>()
  readonly acknowledged = new Map<string, PlannedJobset>()
  readonly killed = new Set<string>()
  readonly violations: string[] = []
  readonly #full: FullTime[] = []
  readonly counts = new Map<string, number>()
  #batches = 0

  constructor(scene: Omit<Scene, 'victim' | 'killed' | 'violation' | 'wasFull'>, options: StormOptions) {
    this.#options = options
    this.#faultChance = new Random(options.seed)
    this.#jobChance = new Random(options.seed ^ 0x5bd1e995)
    this.#scene = {
      ...scene,
      victim: () => this.#victim(),
      killed: (batch) => void this.killed.add(batch),
      violation: (what) => this.violation(what),
      wasFull: (node, from, to) => void this.#full.push({ node, from, to }),
    }
  }

  /** Something that must not happen; the campaign ends after this phase. */
  violation(what: string): void {
    this.violations.push(what)
    this.#options.log(`VIOLATION ${what}`)
  }

  /** Resolves when the time is over or something is wrong. */
  async run(): Promise<void> {
    for (let left = this.#options.length; left > 0 && this.violations.length === 0; left -= this.#options.phase) {
      await this.#phase(Math.min(left, this.#options.phase))
      await this.#calm()
    }
  }

  async #phase(ms: number): Promise<void> {
    const { log } = this.#options
    log(`phase of ${ms / 1000} s begins`)
    const calm = AbortSignal.timeout(ms)
    const faults: Promise<void>[] = []
    const jobs = this.#submitMany(calm)
    while (!calm.aborted) {
      await wait(200 + this.#faultChance.below(3000), undefined, { signal: calm }).catch(() => undefined)
      const fault = this.#draw()
      // chance is drawn here, in order, whatever the fault that it is for comes to
      const own = new Random(this.#faultChance.below(2 ** 31))
      if (fault !== null && !calm.aborted) faults.push(this.#suffer(fault, own, calm))
    }
    await Promise.all([...faults, jobs])
  }

  #draw(): Fault | null {
    const { faults } = this.#options
    let dice = this.#faultChance.next() * faults.reduce((sum, { weight }) => sum + weight, 0)
    const drawn = faults.find(({ weight }) => {
      dice -= weight
      return dice < 0
    })
    if (drawn === undefined || this.#busy.size >= mostFaults || drawn.holds.some((word) => this.#busy.has(word))) return null
    return drawn
  }

  async #suffer(fault: Fault, random: Random, calm: AbortSignal): Promise<void> {
    const { log } = this.#options
    for (const word of fault.holds) this.#busy.add(word)
    const where = `${fault.kind} (${fault.holds.length > 2 ? 'all' : fault.holds[0]})`
    log(`begin ${where}`)
    try {
      const what = await fault.run(this.#scene, random, calm)
      this.counts.set(fault.kind, (this.counts.get(fault.kind) ?? 0) + 1)
      log(`end   ${where}: ${what}`)
    } catch (error) {
      this.violation(`${where}: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      for (const word of fault.holds) this.#busy.delete(word)
    }
  }

  async #submitMany(calm: AbortSignal): Promise<void> {
    const pending: Promise<void>[] = []
    while (!calm.aborted) {
      if (this.#open() < mostOpen && pending.length - this.#settled < 3) pending.push(this.#submit())
      await wait(300 + this.#jobChance.below(700), undefined, { signal: calm }).catch(() => undefined)
    }
    await Promise.all(pending)
  }

  #settled = 0

  async #submit(): Promise<void> {
    const batch = `b${++this.#batches}`
    const { cluster } = this.#scene
    const planned = makeJobset(join(cluster.root, 'jobsets', batch), batch, this.#jobChance)
    const { code, output } = await cluster.dist(['add', planned.file])
    this.#settled++
    if (code === 0) this.acknowledged.set(batch, planned)
    else this.#options.log(`dist add of ${batch} was not acknowledged: ${code} ${output.trim().split('\n').slice(-2).join(' | ')}`)
    if (/internal error|bug:|TypeError/i.test(output)) this.violation(`dist add: ${output}`)
  }

  #open(): number {
    try {
      return progressOf(this.#scene.cluster.data).open
    } catch {
      return mostOpen
    }
  }

  #victim(): string | null {
    const young = [...this.acknowledged.keys()].slice(-6).filter((batch) => !this.killed.has(batch))
    return this.#jobChance.pick(young) ?? null
  }

  /** Nothing disturbs any more: waits until all is at its end, then checks all of it. */
  async #calm(): Promise<void> {
    const { log, still } = this.#options
    const { cluster } = this.#scene
    const begun = performance.now()
    log('calm')
    let [last, since] = ['', performance.now()]
    for (;;) {
      const now = await this.#state()
      if (now === 'done') break
      if (now !== last) [last, since] = [now, performance.now()]
      if (performance.now() - since > still) return this.#checks(`nothing moves any more for ${still / 1000} s: ${now}`)
      await wait(200)
    }
    this.#checks(null)
    log(`calm again after ${((performance.now() - begun) / 1000).toFixed(1)} s; ${progressOf(cluster.data).committed} committed`)
  }

  async #state(): Promise<string> {
    try {
      const { lastEvent, ...now } = progressOf(this.#scene.cluster.data)
      const { open, activeJobsets, liveAttempts, unplaced } = now
      return open + activeJobsets + liveAttempts + unplaced === 0 && orphans(this.#scene.folder).length === 0
        ? 'done'
        : `${JSON.stringify(now)} event ${lastEvent}`
    } catch (error) {
      return `rows cannot be read: ${String(error)}`
    }
  }

  #checks(hangs: string | null): void {
    if (hangs !== null) this.violation(hangs)
    const { data } = this.#scene.cluster
    const wrong = readStore(data, (db) => [
      ...openRows(db),
      ...[...this.acknowledged.values()].flatMap((planned) => wrongJobs(db, planned, this.killed.has(planned.batch), this.#full)),
      ...[...this.acknowledged.values()].flatMap((planned) => wrongFiles(db, data, planned)),
    ])
    for (const what of [...wrong, ...orphans(this.#scene.folder)]) this.violation(what)
  }
}
