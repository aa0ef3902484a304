// One head and agent for all `dist up` of an account: the first call runs them, others join while they run. `up.lock` is held
// by the one that runs them; each that joined shares `users.lock`, and whoever runs them takes that alone before it stops them,
// so that nobody's head goes away under it and none joins a head that is ending. Locks go with their process, even by SIGKILL.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HeadClient } from '../../shared/api/client.ts'
import { DistError } from '../../shared/base/errors.ts'
import { tryLock, tryShareLock } from '../../shared/files/lock.ts'
import { HttpClient } from '../../shared/net/http.ts'
import { type ClusterOptions, startCluster } from './local-cluster.ts'

export interface JoinedCluster {
  readonly url: string
  readonly token: string
  readonly client: HeadClient
  /** another `dist up` runs it */
  readonly isGuest: boolean
  /** rejects when it ends before it was left */
  readonly broken: Promise<never>
  /** Waits until no other `dist up` uses it any more, then stops it; a guest just goes. `tell` is called when there is a wait. */
  readonly leave: (tell: () => void, signal: AbortSignal) => Promise<void>
  /** The same without regard for others. */
  readonly stop: () => Promise<void>
}

const poll = 100
const goneAfter = 2000

/** Throws when neither joining nor starting works; then nothing of it is left. */
export async function joinCluster(options: ClusterOptions, tellStart: () => void): Promise<JoinedCluster> {
  const { folder, signal } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (;;) {
    const release = tryLock(join(folder, 'up.lock'))
    if (release !== null) {
      try {
        tellStart()
        return await runIt(options, release)
      } catch (error) {
        release()
        throw error
      }
    }
    const guest = await joinIt(folder, signal)
    if (guest !== null) return guest
    await sleep(poll, undefined, { signal })
  }
}

async function runIt(options: ClusterOptions, release: () => void): Promise<JoinedCluster> {
  const cluster = await startCluster(options)
  const stop = async (): Promise<void> => {
    await cluster.stop()
    cluster.client.close()
    release()
  }
  const users = join(options.folder, 'users.lock')
  const leave = async (tell: () => void, signal: AbortSignal): Promise<void> => {
    let alone = tryLock(users)
    try {
      if (alone === null) tell()
      while (alone === null && !signal.aborted) {
        await sleep(poll * 5, undefined, { signal }).catch(() => undefined)
        alone = tryLock(users)
      }
    } finally {
      await stop()
      alone?.()
    }
  }
  return { ...cluster, isGuest: false, leave, stop }
}

/** Null when the one that runs it is ending, or ended while we waited for its head. */
async function joinIt(folder: string, signal: AbortSignal): Promise<JoinedCluster | null> {
  const leaveUsers = tryShareLock(join(folder, 'users.lock'))
  if (leaveUsers === null) return null
  try {
    const found = await announced(folder, signal)
    if (found === null) {
      leaveUsers()
      return null
    }
    const client = new HeadClient(new HttpClient({ base: found.http, token: () => found.token, userAgent: 'dist-up' }))
    const watch = new AbortController()
    const broken = goneHead(folder, watch.signal)
    broken.catch(() => undefined)
    const stop = async (): Promise<void> => {
      watch.abort()
      client.close()
      leaveUsers()
    }
    return { url: found.http, token: found.token, client, isGuest: true, broken, leave: stop, stop }
  } catch (error) {
    leaveUsers()
    throw error
  }
}

interface Announced {
  readonly http: string
  readonly token: string
}

/** Waits for the head that another one starts; null when that one gave up. */
async function announced(folder: string, signal: AbortSignal): Promise<Announced | null> {
  for (;;) {
    const found = readAnnounced(folder)
    if (found !== null) return found
    const release = tryLock(join(folder, 'up.lock'))
    if (release !== null) {
      release()
      return null
    }
    await sleep(poll, undefined, { signal })
  }
}

/** The head that listens now. */
function readAnnounced(folder: string): Announced | null {
  try {
    const facts = JSON.parse(readFileSync(join(folder, 'data', 'head.json'), 'utf8')) as { readonly http: string; readonly pid: number }
    process.kill(facts.pid, 0)
    return { http: facts.http, token: readFileSync(join(folder, 'data', 'admin.token'), 'utf8').trim() }
  } catch {
    return null
  }
}

async function goneHead(folder: string, signal: AbortSignal): Promise<never> {
  let goneFor = 0
  while (goneFor < goneAfter) {
    // when we leave, nobody waits for this any more
    await sleep(poll * 5, undefined, { signal, ref: false }).catch(() => new Promise<never>(() => undefined))
    goneFor = readAnnounced(folder) === null ? goneFor + poll * 5 : 0
  }
  throw new DistError('unavailable', 'the `dist up` that ran the head has ended', {
    hint: 'run this again: it starts a head on the same data and goes on where it was',
  })
}
