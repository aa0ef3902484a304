// Jobsets by name, with their versions, and what their submissions told. Used by the views of the head.
import type { JobsetFilter } from '../../ports/head.ts'
import type { ReadDb } from '../read-db.ts'

/** Condition on `jobset`; '@' is in no name that a person gives, and 'A' comes next to it. */
export const namedJobsetsSql =
  "namespace = coalesce(?, namespace) AND (batch = coalesce(?, batch) OR (batch >= ? || '@' AND batch < ? || 'A'))"

/** Its values. */
export function namedJobsets({ namespace, batch, versions }: JobsetFilter): (string | null)[] {
  const others = versions === true && batch !== undefined ? batch : null
  return [namespace ?? null, batch ?? null, others, others]
}

/** JSON of a Provenance, of the last submission that made it or added something; null when it was not told. A search has no jobs then. */
export function lastProvenance(db: ReadDb, jobset: number): string | null {
  const find = db
    .prepare<[number], string | null>(
      "SELECT provenance FROM submission WHERE jobset = ? AND (kind <> 'extend' OR added + changed > 0) ORDER BY id DESC LIMIT 1",
    )
    .pluck()
  return find.get(jobset) ?? null
}
