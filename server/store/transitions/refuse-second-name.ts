// The rule that a namespace/batch exists once: asked when a draft is opened, and again when it becomes a jobset.
import type Database from 'better-sqlite3'
import { DistError } from '../../../shared/base/errors.ts'

/** Throws `exists` with the jobset's id; the routes add what is known of it. */
export function refuseSecondName(db: Database.Database): (namespace: string, batch: string) => void {
  const find = db.prepare<[string, string], number>('SELECT id FROM jobset WHERE namespace = ? AND batch = ?').pluck()
  return (namespace, batch) => {
    const jobset = find.get(namespace, batch)
    if (jobset === undefined) return
    throw new DistError('exists', `${namespace}/${batch} is here already`, {
      hint: 'give the jobset another batch_name; nothing of it is overwritten',
      ids: { jobset },
    })
  }
}
