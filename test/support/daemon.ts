// One long-running process of a test: its output goes to a file, it is ended by its own pid, also when vitest dies.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { signalQuietly } from './processes.ts'
import { until } from './until.ts'

export interface DaemonOptions {
  readonly argv: readonly [string, ...string[]]
  /** the whole environment: nothing is inherited */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** stdout and stderr, appended */
  readonly log: string
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Daemon {
  readonly pid: number
  /** settles when the process has ended */
  readonly exited: Promise<Exit>
  readonly running: () => boolean
  /** Sends a signal; SIGSTOP and SIGCONT return at once, others wait for the end (15 s). */
  readonly kill: (signal: NodeJS.Signals) => Promise<Exit | null>
}

const living = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of living) if (child.pid !== undefined) signalQuietly(child.pid, 'SIGKILL')
})

/** Starts a process in its own session, so that a signal meant for the test runner does not reach it twice. */
export function startDaemon(options: DaemonOptions): Daemon {
  const log = openSync(options.log, 'a')
  const [command, ...args] = options.argv
  const child = spawn(command, args, { cwd: options.cwd, env: { ...options.env }, stdio: ['ignore', log, log], detached: true })
  closeSync(log)
  const { pid } = child
  if (pid === undefined) throw new Error(`cannot start ${command}`)
  living.add(child)
  let exit: Exit | null = null
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      living.delete(child)
      exit = { code, signal }
      resolve(exit)
    })
  })
  const kill = async (signal: NodeJS.Signals): Promise<Exit | null> => {
    if (exit !== null) return exit
    signalQuietly(pid, signal)
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return null
    return until(`${command} ${args[0] ?? ''} (pid ${pid}) ends after ${signal}`, () => exit, {
      within: 15_000,
      every: 5,
      report: () => logTail(options.log),
    })
  }
  return { pid, exited, running: () => exit === null, kill }
}

/** The last lines of a log file, for messages. */
export function logTail(path: string, lines = 40): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return `(no ${path})`
  }
  return `--- ${path}\n${text.trimEnd().split('\n').slice(-lines).join('\n')}`
}
