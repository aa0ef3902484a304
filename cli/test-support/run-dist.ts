// Runs a command line in this process, against captured outputs and a folder of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Input, Io } from '../local/io.ts'
import { main } from '../program/run.ts'

export interface DistRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface DistOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** columns of a terminal; absent = no terminal */
  readonly columns?: number
  /** wall ms of a clock that stands still; absent = that of the machine */
  readonly now?: number
  readonly input?: Input
}

export async function runDist(argv: readonly string[], options: DistOptions): Promise<DistRun> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  const columns = options.columns ?? null
  const io: Io = {
    stdout: { columns, write: (data) => stdout.push(Buffer.from(data)), flush: () => Promise.resolve() },
    stderr: { columns, write: (data) => stderr.push(Buffer.from(data)), flush: () => Promise.resolve() },
    env: { HOME: options.cwd, PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...options.env },
    cwd: options.cwd,
    signal: options.signal ?? new AbortController().signal,
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.now === undefined ? {} : { now: () => options.now ?? 0 }),
  }
  const code = await main(argv, io)
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
}

/** Text without colours and cursor movements. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
}

/** A temporary folder that `using` or the caller removes. */
export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'dist-cli-'))

  join(...parts: string[]): string {
    return join(this.path, ...parts)
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
