// The user's interpreter with the search side of dist in it (python/dist_batchtools): starts it, reads its calls, answers them. The
// terminal is the script's, so Ctrl-C reaches both: the script leaves it to us while it waits in search().
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { DistError, systemCode } from '../../shared/base/errors.ts'
import { packageRoot } from '../../shared/base/package-info.ts'
import { readCall, type ScriptCall } from './script-call.ts'

export interface ScriptOptions {
  /** interpreter, a path or a name */
  readonly python: string
  readonly script: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** `stderr`: also its stdout goes there, for ours holds one value; `none`: nobody sees it */
  readonly output: 'terminal' | 'stderr' | 'none'
}

/** What a call is answered with, piece by piece. */
export type Reply = Readonly<Record<string, unknown>>

const streams = {
  terminal: ['inherit', 'inherit', 'inherit'],
  stderr: ['inherit', 2, 'inherit'],
  none: ['ignore', 'ignore', 'ignore'],
} as const

export class ScriptProcess {
  readonly #child: ChildProcess
  readonly #toScript: Writable
  readonly #fromScript: Readable
  /** how it ended */
  readonly ended: Promise<{ readonly code: number }>

  constructor({ python, script, args, cwd, env, output }: ScriptOptions) {
    const program = [join(packageRoot(), 'python', 'dist_batchtools'), script, ...args]
    const settled = { ...env, DIST_BATCHTOOLS_FDS: '3,4', PYTHONDONTWRITEBYTECODE: '1' }
    this.#child = spawn(python, program, { cwd, env: settled, stdio: [...streams[output], 'pipe', 'pipe'] })
    this.#toScript = this.#child.stdio[3] as Writable
    this.#fromScript = this.#child.stdio[4] as Readable
    // a script that ended does not read its answers
    this.#toScript.on('error', () => undefined)
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', (error) => reject(notStarted(python, error)))
      this.#child.once('close', (code) => resolve({ code: code ?? 1 }))
    })
    this.ended.catch(() => undefined)
  }

  /** Calls in their order, until the script ends. */
  async *calls(): AsyncGenerator<ScriptCall> {
    let rest = ''
    this.#fromScript.setEncoding('utf8')
    for await (const chunk of this.#fromScript as AsyncIterable<string>) {
      rest += chunk
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield readCall(line)
    }
  }

  /** Settles when the script can take more. */
  async answer(id: number, reply: Reply): Promise<void> {
    if (this.#toScript.write(`${JSON.stringify({ id, ...reply })}\n`)) return
    await new Promise<void>((resolve) => {
      const go = (): void => {
        for (const event of ['drain', 'close', 'error']) this.#toScript.off(event, go)
        resolve()
      }
      for (const event of ['drain', 'close', 'error']) this.#toScript.once(event, go)
    })
  }

  /** For a script that hangs on after its search went wrong. */
  stop(): void {
    this.#child.kill('SIGTERM')
  }
}

function notStarted(python: string, error: unknown): DistError {
  const why = systemCode(error) === 'ENOENT' ? 'there is no such program' : String(error)
  return new DistError('missing_program', `cannot start ${python}: ${why}`, {
    hint: 'name the interpreter that has the packages of the script: --python ~/venv/bin/python',
    cause: error,
  })
}
