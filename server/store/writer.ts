// The one writer: requests in, group commits, placement orders out, packs sealed and dropped. Knows nothing of threads,
// so that tests and the simulator run it in their own.
import { unlinkSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { errorMessage } from '../../shared/base/errors.ts'
import type { Ballast } from './ballast.ts'
import { bindTransitions, GroupCommit, type GroupResult } from './group.ts'
import { Packs } from './packs.ts'
import type { PlacementOrder } from './placement.ts'
import { recover } from './recover.ts'
import type { WriterNotice, WriterReply, WriterRequest } from './requests.ts'
import type { PlacedItem } from './transitions/placed.ts'
import { transitions } from './transitions-table.ts'

/** Writer -> placer. A sealed pack is synced after everything of it that came before. */
export type PlacerCommand =
  | { readonly kind: 'place'; readonly orders: readonly PlacementOrder[] }
  | { readonly kind: 'seal'; readonly pack: number }

/** Placer -> writer. `done` counts down the backlog; `placed` may flip rows, and `pack` may go then. */
export type PlacerNotice =
  | { readonly kind: 'done'; readonly orders: number; readonly bytes: number }
  | { readonly kind: 'placed'; readonly items: readonly PlacedItem[]; readonly pack: number | null }
  | { readonly kind: 'warning'; readonly message: string }

/** Results that may wait for their folder before commits wait for the placer (durability.md 6). */
const maxBacklog = 50_000
const maxBacklogBytes = 2 * 1024 ** 3

export interface WriterPorts {
  toMain(notice: WriterNotice): void
  toPlacer(command: PlacerCommand): void
}

export class Writer {
  readonly #group: GroupCommit
  readonly #packs: Packs
  readonly #ports: WriterPorts
  #backlog = 0
  #backlogBytes = 0
  #held: WriterRequest[] = []
  readonly #ballast: Pick<Ballast, 'make' | 'drop'>

  constructor(
    db: Database.Database,
    folders: { packs: string; results: string },
    ports: WriterPorts,
    ballast: Pick<Ballast, 'make' | 'drop'> = { make: () => true, drop: () => false },
  ) {
    this.#ballast = ballast
    ballast.make()
    const found = recover(db, folders.packs)
    this.#packs = new Packs(folders.packs, found.nextPack)
    this.#group = new GroupCommit(db, bindTransitions(db, transitions), this.#packs)
    this.#ports = ports
    this.#place(found.orders)
    for (const pack of found.packs) ports.toPlacer({ kind: 'seal', pack })
  }

  /** Everything that waits, as one group. */
  run(requests: readonly WriterRequest[]): void {
    const ready = this.#overBacklog() ? requests.filter((request) => request.name !== 'finish' || !this.#held.push(request)) : requests
    if (ready.length === 0) return
    const result = this.#commit(ready)
    for (const action of result.afterCommit) this.#quietly(action)
    this.#ports.toMain({ kind: 'replies', replies: result.replies, broken: result.broken })
    if (result.placements.length > 0) this.#place(result.placements)
    this.seal(false)
  }

  /** What the placer reports. */
  onPlacer(notice: PlacerNotice): void {
    switch (notice.kind) {
      case 'done':
        this.#backlog -= notice.orders
        this.#backlogBytes -= notice.bytes
        this.#release()
        return
      case 'warning':
        this.#ports.toMain(notice)
        return
      case 'placed':
        this.#flip(notice.items, notice.pack)
    }
  }

  /** Seals the open pack when it is full, or in any case when `quiet`. */
  seal(quiet: boolean): void {
    for (const pack of this.#packs.takeAbandoned()) this.#ports.toPlacer({ kind: 'seal', pack })
    const pack = this.#packs.takeSealed(quiet)
    if (pack !== null) this.#ports.toPlacer({ kind: 'seal', pack })
  }

  /** Called now and then after a disk was full: when there is room again, results are taken again. */
  recoverSpace(): void {
    if (!this.#packs.refusing || !this.#ballast.make()) return
    this.#packs.refusing = false
    this.#ports.toMain({ kind: 'warning', message: 'there is room on the disk again: results are taken' })
  }

  get hasOpenPack(): boolean {
    return this.#packs.hasOpen
  }

  close(): void {
    this.#packs.close()
  }

  /** A full disk is met once more without the ballast, and without results: those can wait on their nodes. */
  #commit(requests: readonly WriterRequest[]): GroupResult {
    const result = this.#group.run(requests)
    if (!result.broken || !result.replies.some((reply) => reply.kind === 'failed' && reply.error.code === 'disk_full')) return result
    if (!this.#ballast.drop()) return result
    this.#packs.refusing = true
    this.#ports.toMain({ kind: 'warning', message: 'the disk is full: only orders and records are written until there is room' })
    return this.#group.run(requests)
  }

  #place(orders: readonly PlacementOrder[]): void {
    if (orders.length === 0) return
    this.#backlog += orders.length
    for (const order of orders) this.#backlogBytes += orderBytes(order)
    this.#ports.toPlacer({ kind: 'place', orders })
  }

  #flip(items: readonly PlacedItem[], pack: number | null): void {
    const result = this.#commit([{ id: 0, name: 'placed', input: { items } }])
    const reply: WriterReply | undefined = result.replies[0]
    if (reply?.kind !== 'done') {
      // The pack stays, so nothing is lost; the next start places again.
      this.#ports.toMain({ kind: 'warning', message: `placed results could not be recorded: ${reply?.error.message ?? 'no reply'}` })
      return
    }
    if (pack !== null) this.#quietly(() => unlinkSync(this.#packs.pathOf(pack)))
    const { jobsets } = reply.output as { jobsets: number[] }
    this.#ports.toMain({ kind: 'placed', jobsets, backlog: this.#backlog, backlogBytes: this.#backlogBytes })
  }

  #overBacklog(): boolean {
    return this.#backlog > maxBacklog || this.#backlogBytes > maxBacklogBytes
  }

  #release(): void {
    if (this.#held.length === 0 || this.#overBacklog()) return
    const held = this.#held
    this.#held = []
    this.run(held)
  }

  #quietly(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#ports.toMain({ kind: 'warning', message: errorMessage(error) })
    }
  }
}

/** Bytes that an order keeps in memory. */
export function orderBytes(order: PlacementOrder): number {
  if (order.kind !== 'files') return 0
  let bytes = 0
  for (const file of order.files) bytes += file.data.byteLength
  for (const file of order.outside) bytes += file.data.byteLength
  return bytes
}
