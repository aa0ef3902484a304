// The wire form of jobsets, read from their rows once and kept: every session that works for one sends it.
import type { JobOptions } from '../../shared/model/options.ts'
import type { Demand } from '../../shared/model/resources.ts'
import type { Jobset as WireJobset } from '../../shared/wire/gen/dist/Jobset.ts'
import type { ReadDb } from '../ports/read-db.ts'
import { readJobsetSpec } from '../ports/spec-json.ts'
import { fromJobset } from './convert.ts'

export interface Definition {
  readonly uid: string
  readonly message: WireJobset
  /** number of init files, for its size */
  readonly files: number
  /** its build is made anew whatever the node has */
  readonly rebuild: boolean
  /** what the jobset says for all its jobs */
  readonly options: JobOptions
}

/** Jobsets in use at a time; an older one is read again. */
const kept = 64

export function jobsetDefinitions(db: ReadDb): (jobset: number) => Definition | null {
  const find = db.prepare<[number], { uid: string; spec: string; demands: string | null }>(
    'SELECT uid, spec, demands FROM jobset WHERE id = ?',
  )
  const known = new Map<number, Definition>()
  return (jobset) => {
    const found = known.get(jobset)
    if (found !== undefined) return found
    const row = find.get(jobset)
    if (row === undefined) return null
    const spec = readJobsetSpec(row.spec)
    const demands = row.demands === null ? [spec.options.demand] : (JSON.parse(row.demands) as Demand[])
    const packed = demands.some(({ cores }) => cores !== 'all')
    const definition = {
      uid: row.uid,
      message: fromJobset(row.uid, spec, packed),
      files: spec.initialize.files.length,
      rebuild: spec.initialize.rebuild === true,
      options: spec.options,
    }
    for (const oldest of known.keys()) {
      if (known.size < kept) break
      known.delete(oldest)
    }
    known.set(jobset, definition)
    return definition
  }
}
