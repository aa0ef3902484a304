// A program that `dist up` starts and stops: its own session, so that Ctrl-C reaches only us, and its output in a file.
import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, closeSync, constants, openSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DistError } from '../../shared/base/errors.ts'
import type { ProgramCommand } from './program-command.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface ChildOptions {
  /** `head`, for messages */
  readonly name: string
  readonly program: ProgramCommand
  readonly env: Environment
  readonly logFile: string
  /** goes to stdin, which is then closed; a promise that rejects closes it too */
  readonly input?: string | Promise<string>
}

const logTail = 2

export class Child {
  readonly #process: ChildProcess
  readonly #options: ChildOptions
  /** settles when the process is gone; never rejects */
  readonly exited: Promise<string>

  constructor(options: ChildOptions) {
    this.#options = options
    const { command, args } = tied(options.program, options.env)
    const log = openSync(options.logFile, 'a', 0o600)
    try {
      this.#process = spawn(command, args, { detached: true, env: { ...options.env }, stdio: ['pipe', log, log] })
    } finally {
      closeSync(log)
    }
    const child = this.#process
    child.stdin?.on('error', () => undefined)
    Promise.resolve(options.input ?? '').then(
      (input) => child.stdin?.end(input),
      () => child.stdin?.end(),
    )
    // a second Ctrl-C ends us at once: what is left then is a signal, the second one for whoever got its first already
    const last = (): void => void child.kill('SIGTERM')
    process.once('exit', last)
    child.once('exit', () => process.off('exit', last))
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(signal === null ? `exit status ${code}` : signal))
      child.once('error', (error) => resolve(error.message))
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** An error that tells how it ended and the end of what it wrote. */
  async failure(): Promise<DistError> {
    const how = await this.exited
    return new DistError('unavailable', `the ${this.#options.name} ended by itself (${how}); the end of its log: ${this.#lastWords()}`, {
      hint: `the whole log: ${this.#options.logFile}`,
    })
  }

  /** SIGTERM, and SIGKILL when it is still there after `grace` ms. */
  async stop(grace: number): Promise<void> {
    if (this.#isGone()) return
    this.#process.kill('SIGTERM')
    const timer = new AbortController()
    const late = sleep(grace, true, { signal: timer.signal }).catch(() => false)
    const isLate = await Promise.race([late, this.exited.then(() => false)])
    timer.abort()
    if (!isLate) return
    this.#process.kill('SIGKILL')
    await this.exited
  }

  #lastWords(): string {
    const lines = readFileSync(this.#options.logFile, 'utf8').trimEnd().split('\n').slice(-logTail)
    const words = lines.map((line) => /"msg":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line).filter((line) => line !== '')
    return words.length === 0 ? 'it is empty' : words.join(' | ')
  }

  #isGone(): boolean {
    return this.#process.pid === undefined || this.#process.exitCode !== null || this.#process.signalCode !== null
  }
}

/** With util-linux' setpriv the program gets SIGTERM when we die, even by SIGKILL. */
function tied(program: ProgramCommand, env: Environment): ProgramCommand {
  const setpriv = findProgram('setpriv', env)
  if (setpriv === null) return program
  return { command: setpriv, args: ['--pdeathsig', 'TERM', '--', program.command, ...program.args] }
}

function findProgram(name: string, env: Environment): string | null {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (!folder.startsWith('/')) continue
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // not there
    }
  }
  return null
}
