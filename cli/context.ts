// What every command gets: compiled global options, outputs, colours, and the head when it asks for it.
import { randomFillSync } from 'node:crypto'
import type { HeadClient } from '../shared/api/client.ts'
import { DistError, errorMessage } from '../shared/base/errors.ts'
import { formatDuration } from '../shared/text/duration.ts'
import { findHead } from './local/find-head.ts'
import type { Io } from './local/io.ts'
import { patiently } from './local/patience.ts'
import { makePalette, type Palette } from './render/palette.ts'
import { oneLine } from './render/text-width.ts'

/** The global options, as commander gives them. */
export interface GlobalOptions {
  readonly head?: string
  readonly ip?: string
  readonly port?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly color?: boolean
  readonly patience?: string
}

/**
 * How long to go on when the head does not answer. `look`: a person waits for a table. `change`: work would be lost,
 * and a head restarts in less. `follow`: a wait over the weekend should survive a reboot of the head.
 */
export type Stakes = 'look' | 'change' | 'follow'

const defaultPatience: Readonly<Record<Stakes, number>> = { look: 3_000, change: 30_000, follow: 15 * 60_000 }

export class Context {
  readonly io: Io
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  /** colours of stdout and of stderr */
  readonly out: Palette
  readonly err: Palette
  readonly #options: GlobalOptions
  readonly #patience: number | null
  #client: HeadClient | null

  constructor(io: Io, options: GlobalOptions, client: HeadClient | null = null) {
    this.io = io
    this.json = options.json === true
    this.quiet = options.quiet === true
    this.verbose = options.verbose === true
    this.#options = options
    this.#client = client
    this.#patience = compilePatience(options.patience)
    const colour = options.color !== false
    this.out = makePalette(io.stdout, io, colour && !this.json)
    this.err = makePalette(io.stderr, io, colour && !this.json)
  }

  /** The same for a head that is known already; ends with `signal`. */
  connected(client: HeadClient, signal: AbortSignal): Context {
    return new Context({ ...this.io, signal }, this.#options, client)
  }

  /** The same without a word of its own: for a step of a command that tells the whole itself. */
  silent(): Context {
    return new Context(this.io, { ...this.#options, json: true }, this.#client)
  }

  get signal(): AbortSignal {
    return this.io.signal
  }

  /** Wall ms. */
  now(): number {
    return this.io.now?.() ?? Date.now()
  }

  /** A line of the answer. Nothing with --json, which prints one value instead. */
  print(line: string): void {
    if (!this.json) this.io.stdout.write(`${line}\n`)
  }

  /** The answer of a command under --json. */
  value(value: unknown): void {
    if (this.json) this.io.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
  }

  /** A remark beside the answer, on stderr; not with --quiet or --json. */
  note(line: string): void {
    if (this.showsProgress) this.io.stderr.write(`${line}\n`)
  }

  warn(line: string, hint?: string): void {
    this.io.stderr.write(`${this.err.yellow('warning:')} ${oneLine(line)}\n`)
    if (hint !== undefined) this.io.stderr.write(`         ${oneLine(hint)}\n`)
  }

  /** True when progress may be drawn or told. */
  get showsProgress(): boolean {
    return !this.quiet && !this.json
  }

  /** The client of the head that the options, the environment or the account name. Sends nothing yet. */
  async head(): Promise<HeadClient> {
    if (this.#client !== null) return this.#client
    const [{ HttpClient }, { HeadClient }] = await Promise.all([import('../shared/net/http.ts'), import('../shared/api/client.ts')])
    const found = findHead(this.#options, this.io.env)
    this.#client = new HeadClient(new HttpClient({ base: found.url, token: found.token, userAgent: 'dist-cli' }))
    return this.#client
  }

  /** A step that may be repeated, tried again while the head does not answer. `tell` replaces the note about it. */
  patiently<T>(stakes: Stakes, step: () => Promise<T>, tell?: (message: string) => void): Promise<T> {
    let told = stakes === 'look'
    return patiently(step, {
      patience: this.#patience ?? defaultPatience[stakes],
      signal: this.signal,
      random: randomFraction,
      onTrouble: (error, left) => {
        if (told) return
        told = true
        const message = `${oneLine(errorMessage(error))}; trying again for ${formatDuration(left)}`
        if (tell === undefined) this.note(message)
        else tell(message)
      },
    })
  }

  close(): void {
    this.#client?.close()
  }
}

function randomFraction(): number {
  return (randomFillSync(new Uint32Array(1))[0] ?? 0) / 2 ** 32
}

function compilePatience(text: string | undefined): number | null {
  if (text === undefined) return null
  const seconds = Number(text)
  if (text.trim() !== '' && seconds >= 0 && Number.isFinite(seconds)) return seconds * 1000
  throw new DistError('usage', `--patience ${text} is no number of seconds`, { hint: 'write for example --patience 60' })
}
