// Finds the launcher of a work folder or starts one, and connects to it. Called by the agent when it starts and whenever
// the connection was lost.
import { existsSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DistError } from '../../shared/base/errors.ts'
import { startLauncher } from './launcher-command.ts'
import { LauncherLink } from './launcher-link.ts'
import { Lines, splitAddress } from './lines.ts'
import type { HelloEvent } from './messages.ts'
import { openSocketPath } from './socket-path.ts'

export type { LauncherLink } from './launcher-link.ts'

export interface ConnectOptions {
  /** absolute path of the work folder */
  readonly work: string
  /** interpreter of the keepers, `/usr/bin/python3`; null: none here, keepers are plain ones */
  readonly python: string | null
  readonly signal: AbortSignal
  readonly log: (text: string) => void
  /** a launcher that is started leaves after this long without agent and job; default 60 s */
  readonly idleMs?: number
  /** default 20 s */
  readonly timeoutMs?: number
}

const retryMs = 20
/** A launcher that has ended without serving: another one has the lock (it may be leaving), or something is wrong. */
const restartMs = 200

/** Rejects with `unavailable` when no launcher answers in time, and with the signal's reason when aborted. */
export async function connectLauncher(options: ConnectOptions): Promise<LauncherLink> {
  const deadline = performance.now() + (options.timeoutMs ?? 20_000)
  let startAt = 0
  let starting = false
  for (;;) {
    options.signal.throwIfAborted()
    const link = await tryConnect(options)
    if (link !== null) return link
    if (performance.now() > deadline) {
      throw new DistError('unavailable', `no launcher answers in ${options.work}`, {
        hint: `look into ${join(options.work, 'launcher.log')}; it needs flock(1) of util-linux and Node ${process.version}`,
      })
    }
    if (!starting && performance.now() >= startAt) {
      starting = true
      const { exited } = startLauncher(options.work, options.idleMs ?? 60_000)
      void exited.then((code) => {
        starting = false
        startAt = performance.now() + restartMs
        options.log(`a launcher ended with ${code}`)
      })
    }
    await wait(retryMs, undefined, { signal: options.signal })
  }
}

/** A link after the launcher's greeting, or null when nobody listens. */
async function tryConnect(options: ConnectOptions): Promise<LauncherLink | null> {
  if (!existsSync(join(options.work, 'l.sock'))) return null
  const socketPath = openSocketPath(options.work)
  const socket = createConnection(socketPath.path)
  try {
    return await greeting(socket, options)
  } finally {
    socketPath.close()
  }
}

function greeting(socket: Socket, options: ConnectOptions): Promise<LauncherLink | null> {
  return new Promise((resolve, reject) => {
    const lines = new Lines()
    const onAbort = () => {
      socket.destroy()
      reject(options.signal.reason)
    }
    const done = (link: LauncherLink | null) => {
      options.signal.removeEventListener('abort', onAbort)
      socket.off('data', onData)
      socket.off('close', onClose)
      resolve(link)
    }
    const onData = (chunk: Buffer) => {
      const [first, ...rest] = lines.push(chunk)
      if (first === undefined) return
      const hello = helloOf(first)
      if (hello === null) return onClose()
      done(new LauncherLink(socket, hello, rest, lines, options.python, options.log))
    }
    const onClose = () => {
      socket.destroy()
      done(null)
    }
    options.signal.addEventListener('abort', onAbort, { once: true })
    // The error is told by `close`, which always follows.
    socket.on('error', () => {})
    socket.on('data', onData)
    socket.on('close', onClose)
  })
}

function helloOf(line: Buffer): HelloEvent | null {
  const parts = splitAddress(line)
  if (parts?.address !== '-') return null
  const event = JSON.parse(parts.rest.toString()) as HelloEvent
  return event.e === 'hello' ? event : null
}
