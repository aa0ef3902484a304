// Holds the connection to the launcher and turns what comes over it into events. A slot's keeper that we have not talked to
// yet is asked for its inventory first; until it answered, its other reports are left to the journal. Each slot by itself:
//
//   away --connected--> asking --inventory--> ready        keeper died: asking again when the next one is ready
//     ^_____ connection lost: a launcher is found or started again ___|
//
// Keepers are started when they are needed: at first those whose journal lies there, then as many as the highest slot in use.
import { setTimeout } from 'node:timers/promises'
import { errorMessage } from '../../shared/base/errors.ts'
import type { Event } from '../core/event.ts'
import { journalPath, readJournal, slotsWithJournal } from '../journal/read.ts'
import { connectLauncher, type LauncherLink } from '../launcher/client.ts'
import type { KeeperOrder, KeeperReport } from '../launcher/messages.ts'
import type { Workspaces } from '../stage/workspace.ts'
import { keeperEvents } from './from-keeper.ts'
import { inventoryOf } from './recovery.ts'

export interface WatchOptions {
  readonly work: string
  /** interpreter of the keepers, null = plain ones */
  readonly python: string | null
  readonly workspaces: Workspaces
  readonly dispatch: (event: Event) => void
  /** a keeper that may know nothing of ours */
  readonly newKeeper: (slot: number) => void
  /** attempts that a launcher listens for, when we have connected to it */
  readonly listening: (ids: readonly string[]) => void
  /** what was found running in a slot */
  readonly found: (slot: number, pid: number) => void
  readonly log: { debug(message: string): void; warn(message: string): void }
}

const reconnectPause = 500
/** ms that keepers have to answer before they are ended all the same */
const settleTime = 1000

export class KeeperWatch {
  readonly #options: WatchOptions
  #link: LauncherLink | null = null
  /** keepers that are there, or being started: slots 0 to wanted - 1 */
  #wanted = 1
  readonly #ready = new Set<number>()
  #onReady: (() => void) | null = null
  #leaving = false
  readonly #left = new AbortController()
  #linked: ((link: LauncherLink) => void)[] = []

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Resolves when the keepers of before told what they hold; then stays connected until `signal` fires. Rejects when no launcher comes up. */
  async start(signal: AbortSignal): Promise<void> {
    const ready = new Promise<void>((resolve, reject) => {
      this.#onReady = resolve
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    await Promise.all([this.#connect(signal), ready])
  }

  /** This slot is used: its keeper is started unless it is there. */
  need(slot: number): void {
    if (slot < this.#wanted) return
    this.#wanted = slot + 1
    this.#link?.slots(this.#wanted)
  }

  /** Those that have, or get, a keeper. */
  slots(): Iterable<number> {
    return Array.from({ length: this.#wanted }, (_, slot) => slot)
  }

  send(slot: number, orders: readonly KeeperOrder[]): void {
    this.#link?.send(slot, orders)
  }

  /** The connection to the launcher; waits for one. */
  linked(signal: AbortSignal): Promise<LauncherLink> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) reject(signal.reason)
      else if (this.#link !== null) resolve(this.#link)
      else {
        const onAbort = () => reject(signal.reason)
        signal.addEventListener('abort', onAbort, { once: true })
        this.#linked.push((link) => {
          signal.removeEventListener('abort', onAbort)
          resolve(link)
        })
      }
    })
  }

  get link(): LauncherLink | null {
    return this.#link
  }

  /** The work folder is on disk; false when the disk refused, null when the agent leaves. A launcher that ends meanwhile has no say. */
  async sync(): Promise<boolean | null> {
    while (!this.#leaving) {
      const link = await this.linked(this.#left.signal).catch(() => null)
      const synced = (await link?.sync()) ?? null
      if (synced !== null) return synced
    }
    return null
  }

  /** Ends the keepers, their jobs after `grace` seconds, and the launcher. */
  async stop(grace: number): Promise<void> {
    this.#leave()
    await this.#settle()
    const link = this.#link
    await link?.stop(grace)
    // it lets go of us a moment before it ends
    if (link !== null) await hasEnded(link.hello.pid)
  }

  /** Leaves the launcher and its jobs alone. */
  close(): void {
    this.#leave()
    this.#link?.close()
  }

  #leave(): void {
    this.#leaving = true
    this.#left.abort()
  }

  /** A keeper that answered has taken every order before, and cut its journal where it could: its inventory is the answer. */
  async #settle(): Promise<void> {
    const link = this.#link
    const asked = new Set(this.#ready)
    if (link === null || asked.size === 0) return
    const answered = new Promise<void>((resolve) => {
      link.onReports((slot, reports) => {
        if (reports.some((report) => report.e === 'inv')) asked.delete(slot)
        if (asked.size === 0) resolve()
      })
      link.onClose(resolve)
    })
    for (const slot of asked) link.send(slot, [{ op: 'inv' }])
    const limit = new AbortController()
    const given = setTimeout(settleTime, undefined, { signal: limit.signal }).catch(() => undefined)
    await Promise.race([answered, given])
    limit.abort()
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const { work, python, log, dispatch, newKeeper, listening } = this.#options
    const link = await connectLauncher({ work, python, signal, log: (text) => log.debug(text) })
    this.#link = link
    this.#ready.clear()
    listening(link.hello.listening ?? [])
    for (const resolve of this.#linked.splice(0)) resolve(link)
    link.onKeeper(({ slot }) => {
      this.#ready.delete(slot)
      newKeeper(slot)
      link.send(slot, [{ op: 'inv' }])
    })
    link.onReports((slot, reports) => this.#reports(slot, reports))
    link.onGone(({ slot, error, status }) => {
      this.#ready.delete(slot)
      if (!this.#leaving) log.warn(`the keeper of slot ${slot} ended (${error ?? status}); another one is started`)
      dispatch({ kind: 'keeper_gone', slot })
    })
    link.onClose(() => {
      this.#link = null
      this.#ready.clear()
      for (const slot of this.slots()) dispatch({ kind: 'keeper_gone', slot })
      if (!this.#leaving && !signal.aborted) void this.#reconnect(signal)
    })
    const living = Object.keys(link.hello.keepers).map(Number)
    this.#wanted = Math.max(this.#wanted, ...[...living, ...slotsWithJournal(work)].map((slot) => slot + 1))
    link.slots(this.#wanted)
  }

  async #reconnect(signal: AbortSignal): Promise<void> {
    this.#options.log.warn('the launcher ended; another one is started')
    while (!signal.aborted && !this.#leaving) {
      try {
        await this.#connect(signal)
        return
      } catch (error) {
        if (signal.aborted) return
        this.#options.log.warn(`no launcher: ${errorMessage(error)}`)
      }
      await setTimeout(reconnectPause, undefined, { signal }).catch(() => undefined)
    }
  }

  #reports(slot: number, reports: readonly KeeperReport[]): void {
    const { dispatch, work, workspaces, found } = this.#options
    for (const report of reports) {
      if (report.e === 'inv') {
        const { records } = readJournal(journalPath(work, slot))
        this.#ready.add(slot)
        if (report.run !== null) found(slot, report.pid)
        dispatch({ kind: 'inventory', slot, inventory: inventoryOf(report, records, workspaces.records()) })
        if (this.#ready.size >= this.#wanted) this.#onReady?.()
      } else if (this.#ready.has(slot)) {
        for (const event of keeperEvents(report)) dispatch(event)
      }
    }
  }
}

/** A process is gone; waits a second at most. */
async function hasEnded(pid: number): Promise<void> {
  for (let look = 0; look < 100; look++) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await setTimeout(10)
  }
}
