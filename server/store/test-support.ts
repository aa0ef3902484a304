// A real store for tests, in the test's own thread: one group per request, nothing placed. Opening the same folder again
// is a restart of the head on its data.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Store } from '../ports/store.ts'
import { bindTransitions, GroupCommit } from './group.ts'
import { migrate } from './migrate.ts'
import { openForReading, openForWriting } from './open-database.ts'
import { Packs } from './packs.ts'
import type { PlacementOrder } from './placement.ts'
import { recover } from './recover.ts'
import { fromPortable } from './requests.ts'
import { type InputOf, type OutputOf, type TransitionName, transitions } from './transitions-table.ts'

export interface TestStore extends Store {
  /** the writer's connection, for looking and for setting the scene */
  readonly db: Database.Database
  /** a connection as the routes have it */
  readonly reads: Database.Database
  /** what a placer would have been told */
  readonly placements: readonly PlacementOrder[]
  close(): void
}

/** `folder` = a data folder; made when it is not there. */
export function openTestStore(folder: string): TestStore {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'dist.sqlite')
  const db = openForWriting(file)
  migrate(db)
  const packFolder = join(folder, 'packs')
  const packs = new Packs(packFolder, recover(db, packFolder).nextPack)
  const group = new GroupCommit(db, bindTransitions(db, transitions), packs)
  const reads = openForReading(file)
  const placements: PlacementOrder[] = []
  return {
    db,
    reads,
    placements,
    async run<N extends TransitionName>(name: N, input: InputOf<N>): Promise<OutputOf<N>> {
      // cloned both ways, as between the threads
      const result = group.run([structuredClone({ id: 1, name, input })])
      placements.push(...result.placements)
      for (const action of result.afterCommit) action()
      const reply = result.replies[0]
      if (reply?.kind === 'failed') throw fromPortable(reply.error)
      return structuredClone(reply?.output) as OutputOf<N>
    },
    close() {
      packs.close()
      reads.close()
      db.close()
    },
  }
}
