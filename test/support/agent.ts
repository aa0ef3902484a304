// An agent as a real process, with PATH and HOME as its whole environment. Its folder lies below the head's root.
import { join } from 'node:path'
import type { NodeReply } from '../../shared/api/types.ts'
import { type Daemon, type Exit, startDaemon } from './daemon.ts'
import { type Head, plainPath } from './head.ts'
import { expectNoProcesses, processesOf, signalQuietly } from './processes.ts'
import { programArgv } from './programs.ts'
import { until } from './until.ts'

export interface AgentOptions {
  readonly name?: string
  readonly capabilities?: readonly string[]
  /** default 2 */
  readonly cores?: number
  /** the head's address as this agent is told it; default its own */
  readonly via?: string
  /** default `<root>/<name>` */
  readonly work?: string
  /** more flags of dist-agent */
  readonly flags?: readonly string[]
  /** added to PATH and HOME */
  readonly env?: Readonly<Record<string, string>>
  /** asked at every start: what goes in front of the command line */
  readonly before?: () => readonly string[]
  /** false: return as soon as the process runs */
  readonly wait?: boolean
}

export interface Agent {
  readonly name: string
  readonly work: string
  readonly pid: number
  readonly exited: () => Promise<Exit>
  readonly running: () => boolean
  /** a signal to the agent alone: its launcher and jobs live on after SIGKILL */
  readonly kill: (signal: NodeJS.Signals) => Promise<Exit | null>
  /** starts it again in the same work folder, without a code */
  readonly restart: () => Promise<void>
  /** SIGTERM, then nothing of its work folder may be left running */
  readonly stop: () => Promise<void>
}

/** Invites, starts and (unless told otherwise) waits for an agent of this head. */
export async function startAgent(head: Head, options: AgentOptions = {}): Promise<Agent> {
  const name = options.name ?? `node-${head.agents.length + 1}`
  const work = options.work ?? join(head.root, name)
  const log = `${work}.log`
  const { code } = await head.api<{ code: string }>('POST', '/nodes/invite')
  const flags = ['--work', work, '--name', name, '--cores', String(options.cores ?? 2), '--drain-timeout', '0s', ...(options.flags ?? [])]
  if (options.capabilities !== undefined) flags.push('--capabilities', options.capabilities.join(','))
  const env = { PATH: plainPath, HOME: join(head.root, 'home'), ...options.env }
  const start = (extra: readonly string[]): Daemon =>
    startDaemon({ argv: following(options.before?.() ?? [], [...programArgv('node-agent'), ...extra, ...flags]), env, cwd: head.root, log })
  const since = Date.now()
  let daemon = start(['--head', options.via ?? head.url, '--join', code])
  const agent: Agent = {
    name,
    work,
    get pid() {
      return daemon.pid
    },
    exited: () => daemon.exited,
    running: () => daemon.running(),
    kill: (signal) => daemon.kill(signal),
    restart: async () => {
      await daemon.kill('SIGTERM')
      const again = Date.now()
      daemon = start([])
      await online(head, agent, again)
    },
    stop: async () => {
      const orphaned = !daemon.running()
      await daemon.kill('SIGCONT')
      await daemon.kill('SIGTERM')
      // an agent that ended itself must have ended its launcher; one that was killed could not
      if (orphaned) stopLauncher(work)
      await expectNoProcesses(work)
    },
  }
  head.agents.push(agent)
  if (options.wait !== false) await online(head, agent, since)
  return agent
}

/** Waits until the head shows this agent as connected and heard it after `since` (wall ms): an earlier life does not count. */
async function online(head: Head, agent: Agent, since: number): Promise<void> {
  await until(
    `${agent.name} is connected`,
    async () => {
      if (!agent.running()) throw new Error(`${agent.name} ended instead of connecting\n${head.report()}`)
      const { nodes } = await head.api<{ nodes: readonly NodeReply[] }>('GET', '/nodes')
      const node = nodes.find(({ name }) => name === agent.name)
      return node !== undefined && node.state !== 'offline' && node.state !== 'unreachable' && (node.lastSeenAt ?? 0) >= since
    },
    { report: head.report },
  )
}

function following(before: readonly string[], argv: readonly [string, ...string[]]): readonly [string, ...string[]] {
  const [program, ...rest] = before
  return program === undefined ? argv : [program, ...rest, ...argv]
}

function stopLauncher(work: string): void {
  for (const { pid, command } of processesOf(work)) if (/launcher-main\.[jt]s/.test(command)) signalQuietly(pid, 'SIGTERM')
}
