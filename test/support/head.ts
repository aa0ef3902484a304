// A head as a real process, in a temporary folder that its agents share. `head.stop()` ends everything, proves that
// no process is left and removes the folder. Used, with agent.ts and dist.ts, by every suite of real programs.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Agent } from './agent.ts'
import { type Daemon, type Exit, logTail, startDaemon } from './daemon.ts'
import { expectNoProcesses, processesOf, signalQuietly } from './processes.ts'
import { programArgv } from './programs.ts'
import { until } from './until.ts'

/** Where a bare machine has its programs; the test runner's own PATH (pyenv, nvm) is not an agent's. */
export const plainPath = '/usr/local/bin:/usr/bin:/bin'

export interface HeadOptions {
  /** more flags of dist-server */
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** a data folder elsewhere than below the root; whoever made it removes it */
  readonly data?: string
}

export interface Head {
  /** everything of this cluster lives below it */
  readonly root: string
  readonly data: string
  readonly url: string
  /** the admin token */
  readonly token: string
  readonly pid: number
  /** filled by startAgent */
  readonly agents: Agent[]
  readonly exited: () => Promise<Exit>
  readonly running: () => boolean
  /** a signal to the head alone; waits for its end unless SIGSTOP or SIGCONT */
  readonly kill: (signal: NodeJS.Signals) => Promise<Exit | null>
  /** starts the head again on the same data and ports (ends it with SIGTERM first when it runs) */
  readonly restart: () => Promise<void>
  /** GET/POST below /api/v1 with the admin token, JSON both ways; throws on an error status */
  readonly api: <T>(method: string, path: string, body?: unknown) => Promise<T>
  /** the tails of all logs, for messages */
  readonly report: () => string
  /** ends agents and head, proves that nothing is left running, removes the folder */
  readonly stop: () => Promise<void>
}

interface Ready {
  readonly http: string
  readonly grpc: string
  readonly pid: number
  readonly adminToken: string
}

/** Starts a head on ports that the system chooses and waits until it answers. */
export async function startHead(options: HeadOptions = {}): Promise<Head> {
  const root = mkdtempSync(join(tmpdir(), 'dist-test-'))
  const data = options.data ?? join(root, 'data')
  const home = join(root, 'home')
  mkdirSync(home)
  const readyFile = join(root, 'ready.json')
  const log = join(root, 'head.log')
  const env = { PATH: plainPath, HOME: home, ...options.env }
  const agents: Agent[] = []
  let ready: Ready | null = null
  let daemon: Daemon

  const start = async (): Promise<void> => {
    rmSync(readyFile, { force: true })
    // the second time on the same ports: agents and tests know them
    const http = ready === null ? '127.0.0.1:0' : new URL(ready.http).host
    const grpc = ready?.grpc.replace(/^\w+:\/\//, '') ?? '127.0.0.1:0'
    const flags = ['--data', data, '--http', http, '--grpc', grpc, '--ready-file', readyFile, ...(options.flags ?? [])]
    const started = startDaemon({ argv: [...programArgv('server'), ...flags], env, cwd: root, log })
    daemon = started
    ready = await until(
      'the head is ready',
      () => {
        if (!started.running()) throw new Error(`the head ended instead of getting ready\n${logTail(log)}`)
        return readReady(readyFile, started.pid)
      },
      { report: () => logTail(log) },
    )
  }
  const known = (): Ready => {
    if (ready === null) throw new Error('the head never became ready')
    return ready
  }
  const head: Head = {
    root,
    data,
    agents,
    get url() {
      return known().http
    },
    get token() {
      return known().adminToken
    },
    get pid() {
      return daemon.pid
    },
    exited: () => daemon.exited,
    running: () => daemon.running(),
    kill: (signal) => daemon.kill(signal),
    restart: async () => {
      await daemon.kill('SIGTERM')
      await start()
    },
    api: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const headers = {
        authorization: `Bearer ${known().adminToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      }
      const reply = await fetch(`${known().http}/api/v1${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await reply.text()
      if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`)
      return JSON.parse(text) as T
    },
    report: () => [log, ...agents.map(({ work }) => `${work}.log`)].map((path) => logTail(path)).join('\n'),
    stop: async () => {
      try {
        await Promise.all(agents.map((agent) => agent.stop()))
        await daemon.kill('SIGCONT')
        await daemon.kill('SIGTERM')
        await expectNoProcesses(root)
      } finally {
        for (const { pid } of processesOf(root)) signalQuietly(pid, 'SIGKILL')
        rmSync(root, { recursive: true, force: true })
      }
    },
  }
  try {
    await start()
  } catch (error) {
    await head.stop()
    throw error
  }
  return head
}

function readReady(path: string, pid: number): Ready | null {
  try {
    const ready = JSON.parse(readFileSync(path, 'utf8')) as Ready
    return ready.pid === pid ? ready : null
  } catch {
    // not there yet
    return null
  }
}
