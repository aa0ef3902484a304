// One head and one agent under the library of fault-shim.c, started again whenever they end: what a service manager does.
// Used by the crash points.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Agent, startAgent } from './agent.ts'
import { type CrashProgram, type FaultShim, makeFaultShim } from './fault-shim.ts'
import { type Head, startHead } from './head.ts'
import { processesOf } from './processes.ts'
import { until } from './until.ts'

export class CrashCluster {
  readonly head: Head
  readonly agent: Agent
  readonly shim: FaultShim
  readonly #folder: string
  #stopping = false
  /** to be armed when the program is started next */
  #atRestart: { readonly program: CrashProgram; readonly n: number } | null = null
  #failed: unknown = null
  readonly #watches: readonly Promise<void>[]
  #busy = 0

  private constructor(parts: { head: Head; agent: Agent; shim: FaultShim; folder: string }) {
    this.head = parts.head
    this.agent = parts.agent
    this.shim = parts.shim
    this.#folder = parts.folder
    this.#watches = [this.#keepUp('head', this.head), this.#keepUp('agent', this.agent)]
  }

  static async start(): Promise<CrashCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'dist-points-'))
    try {
      const shim = makeFaultShim(join(folder, 'shim'))
      const data = join(folder, 'data')
      const head = await startHead({ data, env: shim.env(data) })
      const work = join(head.root, 'node')
      const agent = await startAgent(head, { name: 'node', work, env: shim.env(work) })
      return new CrashCluster({ head, agent, shim, folder })
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** kill -9; with `arm` it dies once more at its `n`th call after it was started again. */
  async kill(program: CrashProgram, arm: number | null): Promise<void> {
    if (program === 'head' || program === 'agent') {
      if (arm !== null) this.#atRestart = { program, n: arm }
      await this[program].kill('SIGKILL')
      return
    }
    const pid = await until(`${program} is found`, () => this.#pidOf(program))
    process.kill(pid, 'SIGKILL')
    if (arm !== null) this.shim.counters[program].arm(arm)
  }

  /** Resolves when head and agent are up; rejects when one could not be started again. */
  async up(): Promise<void> {
    await until('head and agent are up', () => this.#failed !== null || (this.#busy === 0 && this.head.running() && this.agent.running()), {
      within: 60_000,
      report: this.head.report,
    })
    if (this.#failed !== null) throw this.#failed
  }

  async stop(): Promise<void> {
    this.#stopping = true
    try {
      await this.head.stop()
      await Promise.all(this.#watches)
    } finally {
      this.shim.close()
      rmSync(this.#folder, { recursive: true, force: true })
    }
  }

  async #keepUp(program: 'head' | 'agent', daemon: Head | Agent): Promise<void> {
    for (;;) {
      await daemon.exited()
      if (this.#stopping) return
      this.#busy++
      const armed = this.#atRestart
      if (armed?.program === program) {
        this.shim.counters[program].arm(armed.n)
        this.#atRestart = null
      }
      try {
        await daemon.restart()
      } catch (error) {
        // killed while it started: once more; anything else is the failure to tell
        if (daemon.running() || this.shim.counters[program].hit === null) {
          this.#failed = error
          return
        }
      } finally {
        this.#busy--
      }
    }
  }

  /** Of a keeper the working process, not the guard above it. */
  #pidOf(program: 'launcher' | 'keeper'): number | null {
    const found = processesOf(this.agent.work)
    if (program === 'launcher') return found.find(({ command }) => /launcher-main\.[jt]s/.test(command))?.pid ?? null
    const keepers = found.filter(({ command }) => command.includes('keeper.py'))
    return keepers.find(({ parent }) => keepers.some(({ pid }) => pid === parent))?.pid ?? null
  }
}
