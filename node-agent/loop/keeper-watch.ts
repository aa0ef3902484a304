// Holds the connection to the launcher and turns what comes over it into events. A keeper that we have not talked to
// yet is asked for its inventory first; until it answered, its other reports are left to the journal.
//
//   away --connected--> asking --inventory--> ready        keeper died: asking again when the next one is ready
//     ^_____ connection lost: a launcher is found or started again ___|
import { setTimeout } from 'node:timers/promises'
import { errorMessage } from '../../shared/base/errors.ts'
import type { Event } from '../core/event.ts'
import { readJournal } from '../journal/read.ts'
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
  readonly newKeeper: () => void
  readonly log: { debug(message: string): void; warn(message: string): void }
}

const slot = 0
const reconnectPause = 500
/** ms that a keeper has to answer before it is ended all the same */
const settleTime = 1000

export class KeeperWatch {
  readonly #options: WatchOptions
  #link: LauncherLink | null = null
  #ready = false
  #onReady: (() => void) | null = null
  #leaving = false

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Resolves when the keeper told what it holds; then stays connected until `signal` fires. Rejects when no launcher comes up. */
  async start(signal: AbortSignal): Promise<void> {
    const ready = new Promise<void>((resolve, reject) => {
      this.#onReady = resolve
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    await Promise.all([this.#connect(signal), ready])
  }

  send(orders: readonly KeeperOrder[]): void {
    this.#link?.send(slot, orders)
  }

  async sync(): Promise<boolean> {
    return (await this.#link?.sync()) ?? false
  }

  /** Ends the keepers, their jobs after `grace` seconds, and the launcher. */
  async stop(grace: number): Promise<void> {
    this.#leaving = true
    await this.#settle()
    await this.#link?.stop(grace)
  }

  /** Leaves the launcher and its jobs alone. */
  close(): void {
    this.#leaving = true
    this.#link?.close()
  }

  /** The keeper has taken every order before, and cut its journal where it could: its inventory is the answer. */
  async #settle(): Promise<void> {
    const link = this.#link
    if (link === null || !this.#ready) return
    const answered = new Promise<void>((resolve) => {
      link.onReports((_, reports) => {
        if (reports.some((report) => report.e === 'inv')) resolve()
      })
      link.onClose(resolve)
    })
    link.send(slot, [{ op: 'inv' }])
    const limit = new AbortController()
    const given = setTimeout(settleTime, undefined, { signal: limit.signal }).catch(() => undefined)
    await Promise.race([answered, given])
    limit.abort()
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const { work, python, log, dispatch } = this.#options
    const link = await connectLauncher({ work, python, signal, log: (text) => log.debug(text) })
    this.#link = link
    this.#ready = false
    link.onKeeper((event) => {
      if (event.slot !== slot) return
      this.#ready = false
      this.#options.newKeeper()
      link.send(slot, [{ op: 'inv' }])
    })
    link.onReports((from, reports) => {
      if (from === slot) this.#reports(reports)
    })
    link.onGone((event) => {
      if (event.slot !== slot) return
      this.#ready = false
      if (!this.#leaving) log.warn(`the keeper ended (${event.error ?? event.status}); another one is started`)
      dispatch({ kind: 'keeper_gone' })
    })
    link.onClose(() => {
      this.#link = null
      this.#ready = false
      dispatch({ kind: 'keeper_gone' })
      if (!this.#leaving && !signal.aborted) void this.#reconnect(signal)
    })
    link.slots(1)
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

  #reports(reports: readonly KeeperReport[]): void {
    const { dispatch, work, workspaces } = this.#options
    for (const report of reports) {
      if (report.e === 'inv') {
        const { records } = readJournal(`${work}/slot${slot}.journal`)
        this.#ready = true
        this.#onReady?.()
        dispatch({ kind: 'inventory', inventory: inventoryOf(report, records, workspaces.records()) })
      } else if (this.#ready) {
        for (const event of keeperEvents(report)) dispatch(event)
      }
    }
  }
}
