// Compiles the preloaded library of fault-shim.c and steers it: which program counts how many calls, and before which of
// them it ends. For tests that crash the real programs at every point, and benches on a slow disk.
import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './programs.ts'

export const crashPrograms = ['head', 'agent', 'launcher', 'keeper'] as const
export type CrashProgram = (typeof crashPrograms)[number]

/** Of `struct control`: three numbers of 8 bytes, then the text of the call. */
const page = 4096
const offsets = { count: 0, left: 8, hit: 16, what: 24 } as const
const whatBytes = 1024

/** Puts the library into `folder`; answers its path. */
export function compileShim(folder: string): string {
  const library = join(folder, 'fault-shim.so')
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-Wall', '-Werror', '-o', library, join(root, 'test/support/fault-shim.c'), '-ldl'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return library
}

/** Environment of a program for which every sync of a file or a disk takes `ms` longer, and of all that it starts. */
export function slowDisk(library: string, ms: number): Readonly<Record<string, string>> {
  return { LD_PRELOAD: library, DIST_FAULT_SYNC_US: String(Math.round(ms * 1000)) }
}

/** The counter of one program, over all its lives and processes. */
export class CallCounter {
  readonly #fd: number

  constructor(path: string) {
    writeFileSync(path, Buffer.alloc(page))
    this.#fd = openSync(path, 'r+')
  }

  /** Calls so far. */
  get count(): number {
    return this.#read(offsets.count)
  }

  /** The call before which it ended, null while it has not. */
  get hit(): string | null {
    if (this.#read(offsets.hit) === 0) return null
    const text = Buffer.alloc(whatBytes)
    readSync(this.#fd, text, 0, whatBytes, offsets.what)
    return text.toString('utf8', 0, text.indexOf(0))
  }

  /** The program ends before its `n`th call from now on, once. */
  arm(n: number): void {
    this.#write(offsets.hit, 0)
    this.#write(offsets.left, n)
  }

  disarm(): void {
    this.#write(offsets.left, 0)
  }

  close(): void {
    closeSync(this.#fd)
  }

  #read(offset: number): number {
    const buffer = Buffer.alloc(8)
    readSync(this.#fd, buffer, 0, 8, offset)
    return Number(buffer.readBigInt64LE())
  }

  #write(offset: number, value: number): void {
    const buffer = Buffer.alloc(8)
    buffer.writeBigInt64LE(BigInt(value))
    writeSync(this.#fd, buffer, 0, 8, offset)
  }
}

export interface FaultShim {
  /** for a program whose files below `folder` count */
  readonly env: (folder: string) => Readonly<Record<string, string>>
  readonly counters: Readonly<Record<CrashProgram, CallCounter>>
  readonly close: () => void
}

/** Everything that it needs lies in `folder`, which must be outside the counted ones. */
export function makeFaultShim(folder: string): FaultShim {
  mkdirSync(folder, { recursive: true })
  const library = compileShim(folder)
  const counter = (name: CrashProgram) => new CallCounter(join(folder, name))
  const counters = { head: counter('head'), agent: counter('agent'), launcher: counter('launcher'), keeper: counter('keeper') }
  return {
    env: (below) => ({ LD_PRELOAD: library, DIST_FAULT_CONTROL: folder, DIST_FAULT_ROOT: below }),
    counters,
    close: () => {
      for (const name of crashPrograms) counters[name].close()
    },
  }
}
