// A head and one agent of our own, for `dist up`: ports chosen by the system, all files in one folder.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HeadClient } from '../../shared/api/client.ts'
import { DistError } from '../../shared/base/errors.ts'
import { tryLock } from '../../shared/files/lock.ts'
import { HttpClient } from '../../shared/net/http.ts'
import { Child } from './child.ts'
import { programCommand } from './program-command.ts'

export interface ClusterOptions {
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cores: string | null
  readonly capabilities: string | null
  readonly signal: AbortSignal
}

export interface LocalCluster {
  readonly url: string
  readonly token: string
  readonly client: HeadClient
  /** rejects when the head or the agent ends before it was told to */
  readonly broken: Promise<never>
  /** Stops the agent, then the head; nothing of them runs afterwards. */
  readonly stop: () => Promise<void>
}

/** The agent gives its jobs 10 s to end. */
const agentGrace = 20_000
const headGrace = 10_000
const poll = 20
const mostWait = 30_000

/** Throws when one of them does not start; then neither is left. */
export async function startCluster(options: ClusterOptions): Promise<LocalCluster> {
  const { folder, signal } = options
  const part = (name: string) => join(folder, name)
  for (const name of ['', 'data', 'work']) mkdirSync(part(name), { recursive: true, mode: 0o700 })
  await unlocked(join(part('data'), 'head.lock'), 'head', signal)
  await unlocked(join(part('work'), 'agent.lock'), 'agent', signal)
  const readyFile = part('ready.json')
  rmSync(readyFile, { force: true })
  const env = cleanEnvironment(options.env)
  const any = '127.0.0.1:0'
  const headArgs = ['--data', part('data'), '--http', any, '--grpc', any, '--ready-file', readyFile]
  const head = new Child({ name: 'head', program: programCommand('server', headArgs), env, logFile: part('head.log') })
  let agent: Child | null = null
  let stopping = false
  const stop = async (): Promise<void> => {
    stopping = true
    await agent?.stop(agentGrace)
    await head.stop(headGrace)
    rmSync(readyFile, { force: true })
  }
  try {
    const found = ready(readyFile, head, signal).then(({ http, adminToken }) => {
      return { http, adminToken, client: new HeadClient(new HttpClient({ base: http, token: () => adminToken, userAgent: 'dist-up' })) }
    })
    // it loads its code beside the head's, and waits for the rest at stdin
    agent = startAgent(
      options,
      found.then(async ({ client, http }) => `${(await client.inviteNode(signal)).code}\n${http}\n`),
      env,
    )
    const { http, adminToken, client } = await found
    const ended = [head, agent].map(async (child) => {
      await child.exited
      // when we stop them ourselves nobody waits for this any more
      if (stopping) return new Promise<never>(() => undefined)
      throw await child.failure()
    })
    const broken = Promise.race(ended)
    broken.catch(() => undefined)
    await Promise.race([joined(client, signal), broken])
    return { url: http, token: adminToken, client, broken, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** `input`: the join code and the head's address, when they are known. */
function startAgent(options: ClusterOptions, input: Promise<string>, env: Readonly<Record<string, string | undefined>>): Child {
  const work = join(options.folder, 'work')
  const args = ['--work', work, '--name', hostname(), '--drain-timeout', '0s']
  if (options.cores !== null) args.push('--cores', options.cores)
  if (options.capabilities !== null) args.push('--capabilities', options.capabilities)
  // The ports are others than last time. With its old key the agent gets its old name and what it had again.
  rmSync(join(work, 'agent.json'), { force: true })
  // a code in the arguments could be read by everyone on this machine
  const program = programCommand('node-agent', [...args, '--join', '-'])
  return new Child({ name: 'agent', program, env, input, logFile: join(options.folder, 'agent.log') })
}

/** One that was killed with its `dist up` takes a moment to end. */
async function unlocked(lock: string, name: string, signal: AbortSignal): Promise<void> {
  const end = performance.now() + mostWait
  for (;;) {
    if (!existsSync(lock)) return
    const release = tryLock(lock)
    if (release !== null) {
      release()
      return
    }
    if (performance.now() > end) {
      throw new DistError('locked', `a ${name} that an earlier \`dist up\` left behind holds ${lock}`, {
        hint: `see which process it is with \`fuser ${lock}\`, end it, then try again`,
      })
    }
    await sleep(poll * 5, undefined, { signal })
  }
}

/** What the head wrote when it listened. */
async function ready(file: string, head: Child, signal: AbortSignal): Promise<{ readonly http: string; readonly adminToken: string }> {
  let gone = false
  const watched = head.exited.then(() => {
    gone = true
  })
  while (!existsSync(file)) {
    if (gone) throw await head.failure()
    await Promise.race([sleep(poll, undefined, { signal }), watched])
  }
  return JSON.parse(readFileSync(file, 'utf8')) as { readonly http: string; readonly adminToken: string }
}

/** The agent is connected: what is submitted now starts at once. */
async function joined(client: HeadClient, signal: AbortSignal): Promise<void> {
  while ((await client.status({ all: false, limit: 1 }, signal)).nodes.online === 0) await sleep(poll, undefined, { signal })
}

/** Settings of other heads and agents are not for these. */
function cleanEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([key]) => !key.startsWith('DIST_')))
}
