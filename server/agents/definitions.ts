// The wire form of jobsets, read from their rows once and kept: every session that works for one sends it.

import type { JobsetSpec } from '../../shared/model/jobset.ts'
import type { ReadDb } from '../ports/read-db.ts'
import { fromJobset } from './convert.ts'
import type { Outbox } from './outbox.ts'

type Definition = ReturnType<ConstructorParameters<typeof Outbox>[1]>

/** Jobsets in use at a time; an older one is read again. */
const kept = 64

export function jobsetDefinitions(db: ReadDb): (jobset: number) => Definition {
  const find = db.prepare<[number], { uid: string; spec: string }>('SELECT uid, spec FROM jobset WHERE id = ?')
  const known = new Map<number, Definition>()
  return (jobset) => {
    const found = known.get(jobset)
    if (found !== undefined) return found
    const row = find.get(jobset)
    if (row === undefined) return null
    const spec = JSON.parse(row.spec) as JobsetSpec
    const definition = { uid: row.uid, message: fromJobset(row.uid, spec), files: spec.initialize.files.length }
    for (const oldest of known.keys()) {
      if (known.size < kept) break
      known.delete(oldest)
    }
    known.set(jobset, definition)
    return definition
  }
}
