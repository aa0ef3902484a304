// A machine of a guide as its reader sees it: a shell that keeps its folder and its exported variables from block to block.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Daemon, startDaemon } from '../daemon.ts'
import { signalQuietly } from '../processes.ts'

export interface MachineOptions {
  /** for what the harness writes; a new folder */
  readonly folder: string
  /** where the first block starts */
  readonly cwd: string
  /** the whole environment of the first block */
  readonly env: Readonly<Record<string, string>>
  /** what goes in front of the shell, such as `ip netns exec NAME` */
  readonly before: readonly string[]
}

export interface Ran {
  readonly code: number | null
  /** stdout and stderr as they came */
  readonly output: string
  /** false: a command before the last line failed, and what follows it was not run */
  readonly atLast: boolean
}

export class Machine {
  readonly #options: MachineOptions
  #cwd: string
  #env: Readonly<Record<string, string>>
  #count = 0

  constructor(options: MachineOptions) {
    this.#options = options
    this.#cwd = options.cwd
    this.#env = options.env
    mkdirSync(options.folder, { recursive: true })
  }

  get cwd(): string {
    return this.#cwd
  }

  /** Runs commands to their end; the first one that fails ends them. `within`: ms, then all of them are killed. */
  async run(commands: string, within: number): Promise<Ran> {
    const [script, state] = this.#script(commands)
    const output = `${script}.out`
    const fd = openSync(output, 'w')
    const [command = '', ...args] = [...this.#options.before, '/bin/sh', script]
    const child = spawn(command, args, { cwd: this.#cwd, env: { ...this.#env }, stdio: ['ignore', fd, fd], detached: true })
    closeSync(fd)
    const timer = setTimeout(() => child.pid !== undefined && signalQuietly(-child.pid, 'SIGKILL'), within)
    const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
    clearTimeout(timer)
    this.#keep(state)
    return { code, output: readFileSync(output, 'utf8'), atLast: existsSync(`${state}.last`) }
  }

  /** Starts commands that go on; what they print is in `log`. */
  start(commands: string): { readonly daemon: Daemon; readonly log: string } {
    const [script] = this.#script(commands)
    const log = `${script}.out`
    const argv = [...this.#options.before, '/bin/sh', script] as unknown as readonly [string, ...string[]]
    return { daemon: startDaemon({ argv, env: this.#env, cwd: this.#cwd, log }), log }
  }

  #script(commands: string): readonly [script: string, state: string] {
    const script = join(this.#options.folder, `block-${++this.#count}`)
    const state = `${script}.state`
    const lines = commands.trimEnd().split('\n')
    // where a block may fail, only its last line may; a document in the shell has no place for the mark
    if (!commands.includes('<<')) lines.splice(-1, 0, `: >${state}.last`)
    else writeFileSync(`${state}.last`, '')
    writeFileSync(script, `set -e\ntrap 'pwd >${state}.cwd; env -0 >${state}.env' EXIT\n${lines.join('\n')}\n`)
    return [script, state]
  }

  #keep(state: string): void {
    if (!existsSync(`${state}.env`)) return
    this.#cwd = readFileSync(`${state}.cwd`, 'utf8').trimEnd()
    const pairs = readFileSync(`${state}.env`, 'utf8').split('\0').filter(Boolean)
    this.#env = Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
  }
}
