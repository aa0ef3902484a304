// Group commit without timers: whatever waits when the last fsync returned becomes one transaction. Each request has its
// own savepoint, so one that throws takes nothing with it; when the commit itself fails, all of them get an error.
import type Database from 'better-sqlite3'
import { DistError } from '../../shared/base/errors.ts'
import type { PackLocation, Packs } from './packs.ts'
import type { PlacementOrder } from './placement.ts'
import { toPortable, type WriterReply, type WriterRequest } from './requests.ts'
import type { Transition, WriterContext } from './transition.ts'

export interface GroupResult {
  readonly replies: readonly WriterReply[]
  readonly placements: readonly PlacementOrder[]
  readonly afterCommit: readonly (() => void)[]
  /** the transaction was not committed */
  readonly broken: boolean
}

/** A transition bound to the writer's connection, by name. */
export type BoundTransitions = ReadonlyMap<string, (input: unknown, context: WriterContext) => unknown>

export function bindTransitions(db: Database.Database, table: Readonly<Record<string, Transition<never, unknown>>>): BoundTransitions {
  return new Map(Object.entries(table).map(([name, prepare]) => [name, prepare(db) as (input: unknown, context: WriterContext) => unknown]))
}

/** Runs groups on one connection. */
export class GroupCommit {
  readonly #db: Database.Database
  readonly #bound: BoundTransitions
  readonly #packs: Packs
  readonly #event: Database.Statement
  readonly #begin: Database.Statement
  readonly #commit: Database.Statement
  readonly #rollback: Database.Statement
  readonly #save: Database.Statement
  readonly #release: Database.Statement
  readonly #undo: Database.Statement

  constructor(db: Database.Database, bound: BoundTransitions, packs: Packs) {
    this.#db = db
    this.#bound = bound
    this.#packs = packs
    this.#event = db.prepare('INSERT INTO event (at, kind, jobset, job, node, data) VALUES (?, ?, ?, ?, ?, ?)')
    this.#begin = db.prepare('BEGIN IMMEDIATE')
    this.#commit = db.prepare('COMMIT')
    this.#rollback = db.prepare('ROLLBACK')
    this.#save = db.prepare('SAVEPOINT request')
    this.#release = db.prepare('RELEASE request')
    this.#undo = db.prepare('ROLLBACK TO request')
  }

  run(requests: readonly WriterRequest[]): GroupResult {
    // Bytes first (durability.md 6): results are synced in their pack before a row may point at them.
    const { locations, failures } = this.#packs.stage(requests)
    const replies: WriterReply[] = []
    const placements: PlacementOrder[] = []
    const afterCommit: (() => void)[] = []
    const now = Date.now()
    try {
      this.#begin.run()
      for (const request of requests) {
        const failure = failures.get(request)
        if (failure !== undefined) replies.push({ kind: 'failed', id: request.id, error: toPortable(failure) })
        else replies.push(this.#runOne(request, now, locations, placements, afterCommit))
      }
      this.#commit.run()
      return { replies, placements, afterCommit, broken: false }
    } catch (error) {
      if (this.#db.inTransaction) this.#rollback.run()
      const portable = toPortable(error)
      return { replies: requests.map(({ id }) => ({ kind: 'failed', id, error: portable })), placements: [], afterCommit: [], broken: true }
    }
  }

  #runOne(
    request: WriterRequest,
    now: number,
    locations: ReadonlyMap<unknown, PackLocation>,
    placements: PlacementOrder[],
    afterCommit: (() => void)[],
  ): WriterReply {
    const handler = this.#bound.get(request.name)
    const orders: PlacementOrder[] = []
    const actions: (() => void)[] = []
    this.#save.run()
    try {
      if (handler === undefined) throw new Error(`no transition ${request.name}`)
      const output = handler(request.input, {
        now,
        event: (kind, ids, data) => {
          this.#event.run(
            now,
            kind,
            ids.jobset ?? null,
            ids.job ?? null,
            ids.node ?? null,
            data === undefined ? null : JSON.stringify(data),
          )
        },
        place: (order) => void orders.push(order),
        afterCommit: (action) => void actions.push(action),
        locationOf: (item) => locations.get(item) ?? null,
      })
      this.#release.run()
      placements.push(...orders)
      afterCommit.push(...actions)
      return { kind: 'done', id: request.id, output }
    } catch (error) {
      // A full disk rolls the whole transaction back by itself; then there is no group any more.
      if (!this.#db.inTransaction) throw error
      // Nor is a damaged database written to any more.
      if (toPortable(error).code === 'data_folder' && !(error instanceof DistError)) throw error
      this.#undo.run()
      this.#release.run()
      return { kind: 'failed', id: request.id, error: toPortable(error) }
    }
  }
}
