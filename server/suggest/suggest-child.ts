// One process of python/dist_suggest: a request goes out as a line, its reply comes back as one, within a deadline. Whatever else
// it does (ends, is silent, prints something else) is a ChildFailure and the end of it. Used by suggester.ts.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { type Reply, readReply } from './protocol.ts'
import type { SuggestCommand } from './suggest-command.ts'

/** Why a process is of no use any more; another one may be. */
export class ChildFailure extends Error {}

export interface RequestOptions {
  /** ms */
  readonly deadline: number
  readonly signal: AbortSignal
}

const longestLine = 64 * 1024 * 1024
const tail = 4000

export class SuggestChild {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #closed: Promise<void>
  #text: string[] = []
  #length = 0
  #errors = ''
  #id = 0
  #waiting: { readonly id: number; readonly done: (reply: Reply) => void; readonly failed: (why: ChildFailure) => void } | null = null
  #failure: ChildFailure | null = null

  constructor(command: SuggestCommand) {
    // a group of its own: a Ctrl-C is for the head, and what a library started ends with it
    const options = { env: { ...command.env }, cwd: tmpdir(), detached: true, stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'] }
    const child = spawn(command.file, [...command.args], options)
    this.#process = child
    child.stdin.on('error', () => undefined)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#errors = (this.#errors + chunk).slice(-tail)
    })
    child.once('error', (error) => this.#fail(`${command.file} cannot be started: ${error.message}`))
    this.#closed = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#fail(`it ended ${signal === null ? `with exit status ${code}` : `by ${signal}`}`)
        resolve()
      })
      // a process that could not be started may not close
      child.once('error', () => resolve())
    })
  }

  /** One at a time. Rejects with a ChildFailure, or with the signal's reason; the process is of no use after either. */
  request(op: string, fields: Readonly<Record<string, unknown>>, { deadline, signal }: RequestOptions): Promise<Reply> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    signal.throwIfAborted()
    this.#id += 1
    const id = this.#id
    return new Promise<Reply>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', aborted)
        this.#waiting = null
      }
      const failed = (why: unknown): void => {
        end()
        reject(why)
      }
      const aborted = (): void => {
        failed(signal.reason)
        this.kill()
      }
      const timer = setTimeout(() => this.#fail(`it did not answer ${op} within ${deadline / 1000} s`), deadline)
      signal.addEventListener('abort', aborted, { once: true })
      const done = (reply: Reply): void => {
        end()
        resolve(reply)
      }
      this.#waiting = { id, done, failed }
      this.#process.stdin.write(`${JSON.stringify({ id, op, ...fields })}\n`)
    })
  }

  /** Its last words, one line, for a message; empty when it had none. */
  get lastWords(): string {
    return this.#errors.trim().split('\n').at(-1)?.trim() ?? ''
  }

  kill(): void {
    const { pid } = this.#process
    if (pid === undefined) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // it has ended
    }
  }

  /** Ends it and waits until it is gone. */
  async close(): Promise<void> {
    this.kill()
    await this.#closed
  }

  #take(chunk: string): void {
    const lines = chunk.split('\n')
    const rest = lines.pop() ?? ''
    for (const line of lines) {
      this.#line(this.#text.join('') + line)
      this.#text = []
      this.#length = 0
    }
    this.#text.push(rest)
    this.#length += rest.length
    if (this.#length > longestLine) this.#fail(`it sent a line of more than ${longestLine} characters`)
  }

  #line(line: string): void {
    const waiting = this.#waiting
    const reply = waiting === null ? null : readReply(line, waiting.id)
    if (waiting !== null && reply !== null) waiting.done(reply)
    else this.#fail(`it sent a line that answers nothing: ${JSON.stringify(line.slice(0, 80))}`)
  }

  #fail(why: string): void {
    if (this.#failure !== null) return
    const words = this.lastWords
    this.#failure = new ChildFailure(words === '' ? why : `${why} (${words})`)
    this.#waiting?.failed(this.#failure)
    this.kill()
  }
}
