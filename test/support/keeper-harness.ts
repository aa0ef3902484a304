// A real keeper on a temporary work folder, without a launcher: orders in, reports out. For the keeper's tests.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Journal, readJournal } from '../../node-agent/journal/read.ts'
import { type KeeperStart, keeperCommand } from '../../node-agent/launcher/keeper-command.ts'
import { KeeperProcess } from '../../node-agent/launcher/keeper-process.ts'
import type { ExitReport, KeeperOrder, KeeperReport, RunOrder, ScriptFile, StagedFile, View } from '../../node-agent/launcher/messages.ts'
import { buildIsFresh } from '../../scripts/build.mjs'
import { packageRoot } from '../../shared/base/package-info.ts'
import { sha256 } from '../../shared/files/digest.ts'
import { isAlive } from './processes.ts'
import { until } from './until.ts'
import { within } from './within.ts'

export const python = '/usr/bin/python3'

/** `python`: python/keeper.py; `plain`: the one for nodes without python3 */
export type KeeperKind = 'python' | 'plain'

let present: KeeperKind = 'python'

/** Keepers that are made from now on are of this kind; see keeper-test.ts. */
export function useKeeper(kind: KeeperKind): void {
  present = kind
}

/** A plain keeper is started from the build where that is fresh: from source it takes half a second. */
function commandOf(start: KeeperStart): [program: string, ...args: string[]] {
  const built = join(packageRoot(), 'build', 'node-agent', 'plain-keeper', 'main.js')
  if (start.python === null && buildIsFresh()) return [process.execPath, built, start.work, String(start.slot)]
  return keeperCommand(start)
}

interface Waiter {
  readonly wanted: (report: KeeperReport) => boolean
  readonly resolve: (report: KeeperReport) => void
}

export class KeeperHarness {
  readonly kind = present
  readonly work: string
  /** the workspace */
  readonly space: string
  readonly slot: number
  /** where the keeper's program lies */
  scripts = join(packageRoot(), 'python')
  /** every list as it came, with its time in ms */
  readonly lists: { readonly at: number; readonly reports: readonly KeeperReport[] }[] = []
  readonly reports: KeeperReport[] = []
  pid = 0
  private readonly waiters = new Set<Waiter>()
  private process: KeeperProcess | null = null
  private ended: Promise<number | null> = Promise.resolve(null)

  constructor(work: string, slot = 0) {
    this.work = work
    this.slot = slot
    this.space = join(work, 'ws', 'abc')
    mkdirSync(join(work, 'cache'), { recursive: true })
    mkdirSync(this.space, { recursive: true })
  }

  /** Starts a keeper (again) and waits until it has proved its slot empty. */
  async start(interpreter = this.kind === 'python' ? python : null): Promise<void> {
    const ready = new Promise<number>((resolve, reject) => {
      this.ended = new Promise((ended) => {
        const handlers = {
          onReady: resolve,
          onLine: (line: Buffer) => this.hear(line),
          onEnd: (status: number | null, error: string | undefined) => {
            ended(status)
            reject(new Error(`keeper ended with ${status} ${error ?? ''}`))
          },
        }
        const start = { python: interpreter, script: join(this.scripts, 'keeper.py'), work: this.work, slot: this.slot }
        this.process = new KeeperProcess(commandOf(start), this.work, handlers)
      })
    })
    this.pid = await within(ready, 'the keeper is ready')
  }

  send(...orders: KeeperOrder[]): void {
    this.process?.write(Buffer.from(JSON.stringify(orders)))
  }

  /** A file of the cache, named by its content; returns its source path. */
  blob(content: string): string {
    const path = join(this.work, 'cache', sha256(content))
    writeFileSync(path, content)
    return path
  }

  /** Tells the keeper its jobset: pristine files by name. */
  template(files: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}, view?: View): void {
    const list = Object.entries(files).map(([rel, content]) => [rel, sha256(content), 0o644, this.blob(content)] as const)
    const whole = { PATH: '/usr/bin:/bin', ...env }
    this.send({ op: 'tmpl', t: 'abc', w: this.space, ...(view === undefined ? {} : { view }), env: whole, files: list })
  }

  file(rel: string, content: string, how: 'c' | 'm' = 'c'): StagedFile {
    return [rel, sha256(content), 0o644, this.blob(content), how]
  }

  script(content: string, name = 'job.py'): ScriptFile {
    return [name, sha256(content), 0o644, this.blob(content)]
  }

  /** A run of `sh -c`. */
  job(id: string, command: string, more: Partial<RunOrder> = {}): RunOrder {
    const argv = ['/bin/sh', '-c', command]
    return { op: 'run', id, t: 'abc', k: 'job', argv, env: {}, files: [], script: null, limit: null, ...more }
  }

  /** Runs a command as a job and waits for its end. */
  async run(id: string, command: string, more: Partial<RunOrder> = {}): Promise<ExitReport> {
    this.send(this.job(id, command, more))
    return await this.exit(id)
  }

  /** The first report, past or future, that fits. */
  wait<E extends KeeperReport['e']>(
    e: E,
    fits: (report: Extract<KeeperReport, { e: E }>) => boolean = () => true,
  ): Promise<Extract<KeeperReport, { e: E }>> {
    const is = (report: KeeperReport): report is Extract<KeeperReport, { e: E }> => report.e === e
    const wanted = (report: KeeperReport) => is(report) && fits(report)
    const found = this.reports.find(wanted)
    const report =
      found === undefined ? new Promise<KeeperReport>((resolve) => this.waiters.add({ wanted, resolve })) : Promise.resolve(found)
    return within(report, `a report '${e}'`) as Promise<Extract<KeeperReport, { e: E }>>
  }

  exit(id: string): Promise<ExitReport> {
    return this.wait('exit', (report) => report.id === id)
  }

  journal(): Journal {
    return readJournal(join(this.work, `slot${this.slot}.journal`))
  }

  read(...path: string[]): string {
    return readFileSync(join(this.work, ...path), 'utf8')
  }

  /** End of file for the keeper; resolves with its exit status. */
  end(): Promise<number | null> {
    this.process?.cut()
    return within(this.ended, 'the keeper ends')
  }

  /** kill -9 for the working process; resolves when everything of it is gone. */
  async murder(): Promise<void> {
    process.kill(this.pid, 'SIGKILL')
    await within(this.ended, 'the killed keeper ends')
  }

  terminate(): Promise<number | null> {
    process.kill(this.pid, 'SIGTERM')
    return within(this.ended, 'the keeper ends')
  }

  private hear(line: Buffer): void {
    const reports: KeeperReport[] = JSON.parse(line.toString())
    this.lists.push({ at: performance.now(), reports })
    for (const report of reports) {
      this.reports.push(report)
      for (const waiter of this.waiters) {
        if (!waiter.wanted(report)) continue
        this.waiters.delete(waiter)
        waiter.resolve(report)
      }
    }
  }
}

/** A started keeper with a template of these files; ended and removed when the test is over. */
export async function startKeeper(files: Readonly<Record<string, string>> = {}, interpreter?: string): Promise<KeeperHarness> {
  const harness = new KeeperHarness(temporaryFolder())
  onTestFinished(async () => {
    await harness.end()
  })
  await harness.start(interpreter)
  harness.template(files)
  return harness
}

/** kill -9 of the keeper and of the process that would clean up behind it, which only the one in python has. */
export async function killBoth(keeper: KeeperHarness): Promise<void> {
  if (keeper.kind === 'plain') return keeper.murder()
  const guard = guardOf(keeper)
  process.kill(guard, 'SIGSTOP')
  process.kill(keeper.pid, 'SIGKILL')
  process.kill(guard, 'SIGKILL')
  await keeper.end()
  await until('the keeper is gone', () => !isAlive(keeper.pid))
}

/** The process that waits for the keeper and ends what it leaves. */
export function guardOf(keeper: KeeperHarness): number {
  const guard = Number(/PPid:\t(\d+)/.exec(readFileSync(`/proc/${keeper.pid}/status`, 'latin1'))?.[1])
  if (guard === process.pid) throw new Error('the keeper has no guard')
  return guard
}

/** Removed when the test is over, after what was registered later. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dist-keeper-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Source of a program that leaves a daemon behind: own session, empty environment (or as KEEP says), no parent; writes its pid to daemon.pid. */
export const daemonScript = `
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.chdir('/')
        fd = os.open(os.environ['DAEMON'] + '.new', os.O_WRONLY | os.O_CREAT)
        os.write(fd, str(os.getpid()).encode())
        os.rename(os.environ['DAEMON'] + '.new', os.environ['DAEMON'])
        null = os.open('/dev/null', os.O_RDWR)
        for n in 0, 1, 2: os.dup2(null, n)
        os.execve('/bin/sleep', ['sleep', '600'], dict(os.environ) if 'KEEP' in os.environ else {})
    os._exit(0)
os.wait()
while not os.path.exists(os.environ['DAEMON']): time.sleep(0.001)
`

/** Runs a program against the keeper's own modules; returns what it printed. */
export function pythonSays(program: string, args: readonly string[] = []): string {
  const folder = join(join(packageRoot(), 'python', 'keeper.py'), '..')
  const result = spawnSync(
    python,
    ['-S', '-E', '-X', 'utf8', '-c', `import sys; sys.path.insert(0, ${JSON.stringify(folder)})\n${program}`, ...args],
    { encoding: 'utf8' },
  )
  if (result.status !== 0) throw new Error(result.stderr)
  return result.stdout
}

/** True where a keeper may write a memory cgroup, so that a job's memory can be limited. */
export function canLimitMemory(): boolean {
  const question = 'import keeper_limits as l\nlimits = l.open_limits("/nowhere", 0)\nprint(limits)\nlimits and limits.remove()'
  return pythonSays(question).trim() !== 'None'
}
