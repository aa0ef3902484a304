// The real program, started by tests with only PATH and HOME in its environment, in a work folder of its own.
// `cleanUp` ends agent and launcher by their own pids and removes the folder.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectLauncher } from '../../node-agent/launcher/client.ts'
import type { FakeHead } from './fake-head.ts'
import { programArgv } from './programs.ts'

export class AgentProcess {
  readonly home = mkdtempSync(join(tmpdir(), 'dist-agent-'))
  readonly work = join(this.home, 'work')
  child: ChildProcess | null = null
  log = ''

  /** Starts it; a second start needs no code. `env` is added to PATH and HOME. */
  start(head: FakeHead | null, options: { flags?: readonly string[]; env?: Record<string, string> } = {}): void {
    const join = head === null ? [] : ['--head', head.url, '--join', 'let-me-in']
    const [program, ...first] = programArgv('node-agent')
    const child = spawn(program, [...first, ...join, '--work', this.work, ...(options.flags ?? [])], {
      env: { PATH: '/usr/bin:/bin', HOME: this.home, ...options.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString()
    })
    this.child = child
  }

  get pid(): number {
    return this.child?.pid ?? 0
  }

  /** The launcher of this work folder, found by its arguments; null when none runs. */
  launcherPid(): number | null {
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue
      const args = argumentsOf(pid)
      if (args.some((arg) => arg.includes('launcher-main')) && args.includes(this.work)) return Number(pid)
    }
    return null
  }

  /** Resolves to the exit code, null after a signal. */
  async exit(seconds = 30): Promise<number | null> {
    const { child } = this
    if (child === null) return null
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit', { signal: AbortSignal.timeout(seconds * 1000) })
    return child.exitCode
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child?.exitCode === null && this.child.signalCode === null) this.child.kill(signal)
    return await this.exit()
  }

  /** Ends agent and launcher; the folder stays. */
  async stop(): Promise<void> {
    await this.kill('SIGKILL')
    await stopLauncher(this.work)
  }

  /** The path is not followed further than to what the agent itself started. */
  async cleanUp(): Promise<void> {
    await this.stop()
    rmSync(this.home, { recursive: true, force: true })
  }
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

async function stopLauncher(work: string): Promise<void> {
  if (!existsSync(join(work, 'l.sock'))) return
  const { signal } = new AbortController()
  try {
    const link = await connectLauncher({ work, python: '/usr/bin/python3', signal, log: () => undefined, timeoutMs: 5000 })
    await link.stop(0)
  } catch {
    // it was never started here
  }
}
