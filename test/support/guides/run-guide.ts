// Does what a guide says, block after block, as its reader would (blocks.ts says how blocks are marked): a new folder, a HOME of
// its own, `dist`, `dist-server` and `dist-agent` on the PATH. Whatever differs is an error with the line of the guide.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { plainPath } from '../head.ts'
import { expectNoProcesses, signalQuietly } from '../processes.ts'
import { programArgv, root as repository } from '../programs.ts'
import { until } from '../until.ts'
import { type Commands, firstMissing, stepsOf } from './blocks.ts'
import { Machine } from './machine.ts'

export interface Role {
  /** where its blocks start; default: a folder of its own */
  readonly cwd?: string
  /** added to PATH, HOME and COLUMNS */
  readonly env?: Readonly<Record<string, string>>
  /** what goes in front of its shell, such as `ip netns exec NAME` */
  readonly before?: readonly string[]
}

export interface GuideOptions extends Role {
  /** the other machines of the guide, by the role of their blocks */
  readonly roles?: Readonly<Record<string, Role>>
  /** the commands as they are run: puts in what a reader would, such as a code that was printed before. `said`: all output so far */
  readonly replace?: (commands: string, said: string) => string
  /** ms that a block may take, default 60 s */
  readonly within?: number
  /** ms that what it started may take to end, default 10 s */
  readonly patience?: number
}

export interface GuideReport {
  readonly ran: number
  readonly notRun: readonly { readonly line: number; readonly reason: string }[]
  /** what all blocks printed */
  readonly output: string
}

interface Background {
  readonly step: Commands
  readonly end: () => Promise<void>
}

/** Runs a guide (an absolute path, or one from the root of the repository). Throws at the first difference, and when nothing of it can be run. */
export async function runGuide(guide: string, options: GuideOptions = {}): Promise<GuideReport> {
  const steps = stepsOf(readFileSync(resolve(repository, guide), 'utf8'))
  const root = mkdtempSync(join(tmpdir(), 'dist-guide-'))
  const machines = new Map(
    Object.entries({ ...options.roles, '': options }).map(([name, role]) => [name, machineOf(root, name === '' ? 'reader' : name, role)]),
  )
  const on = (step: { readonly line: number; readonly role: string }): Machine =>
    machines.get(step.role) ?? fail(step, `no machine plays '${step.role}'`)
  const fail = (step: { readonly line: number }, what: string): never => {
    throw new Error(`${guide}:${step.line}: ${what}`)
  }
  const within = options.within ?? 60_000
  const background: Background[] = []
  const notRun: { line: number; reason: string }[] = []
  let [ran, said] = [0, '']
  const check = (step: Commands, output: string): void => {
    const missing = step.shown === null ? null : firstMissing(step.shown, output)
    if (missing !== null) fail(step, `this line was not printed: ${missing}\n--- printed:\n${output}`)
  }
  try {
    for (const step of steps) {
      if (step.kind === 'skip') {
        notRun.push({ line: step.line, reason: step.reason })
        continue
      }
      if (step.kind === 'file') {
        const path = resolve(on(step).cwd, step.path)
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, step.text)
        continue
      }
      ran++
      if (step.kind === 'interrupt') {
        const last = background.pop() ?? fail(step, 'nothing runs that could be ended')
        await last.end()
        continue
      }
      const commands = options.replace?.(step.commands, said) ?? step.commands
      if (step.kind === 'background') {
        const { daemon, log } = on(step).start(commands)
        const printed = (): string => readFileSync(log, 'utf8')
        background.push({ step, end: () => interrupt(daemon, printed).catch((error: Error) => fail(step, error.message)) })
        const enough = (): boolean => firstMissing(step.shown ?? [], printed()) === null
        await until('it prints what the guide shows', () => enough() || !daemon.running(), { within, report: printed }).catch(
          (error: Error) => fail(step, error.message),
        )
        check(step, printed())
        said += printed()
        continue
      }
      const { code, output, atLast } = await on(step).run(commands, within)
      said += output
      if (code !== step.status)
        fail(step, `exit status ${code ?? `none within ${within} ms`}, not ${step.status}\n${commands}--- printed:\n${output}`)
      if (!atLast) fail(step, `a command before the last one failed\n${commands}--- printed:\n${output}`)
      check(step, output)
    }
    for (let last = background.pop(); last !== undefined; last = background.pop()) await last.end()
    if (ran === 0) throw new Error(`${guide}: none of its commands can be run`)
    await expectNoProcesses(root, options.patience ?? 10_000)
    return { ran, notRun, output: said }
  } finally {
    for (const { end } of background.reverse()) await end().catch(() => undefined)
    await expectNoProcesses(root, 10_000).catch(() => undefined)
    rmSync(root, { recursive: true, force: true })
  }
}

/** Ctrl-C, as a terminal sends it: to all of them. */
async function interrupt(daemon: { readonly pid: number; readonly running: () => boolean }, printed: () => string): Promise<void> {
  signalQuietly(-daemon.pid, 'SIGINT')
  await until('it ends after Ctrl-C', () => !daemon.running(), { within: 30_000, report: printed })
}

function machineOf(root: string, name: string, role: Role): Machine {
  const place = join(root, name)
  const [home, work, bin] = ['home', 'work', 'bin'].map((folder) => join(place, folder)) as [string, string, string]
  for (const folder of [home, work, bin]) mkdirSync(folder, { recursive: true })
  for (const [command, program] of [
    ['dist', 'cli'],
    ['dist-server', 'server'],
    ['dist-agent', 'node-agent'],
  ] as const) {
    const quoted = programArgv(program)
      .map((word) => `'${word}'`)
      .join(' ')
    writeFileSync(join(bin, command), `#!/bin/sh\nexec ${quoted} "$@"\n`)
    chmodSync(join(bin, command), 0o755)
  }
  const env = { HOME: home, COLUMNS: '80', ...role.env, PATH: `${bin}:${role.env?.['PATH'] ?? plainPath}` }
  return new Machine({ folder: join(place, 'blocks'), cwd: role.cwd ?? work, env, before: role.before ?? [] })
}
