// What a submission does about a namespace/batch that is there already: asked when its draft is opened, and again when it
// becomes a jobset. Nothing that is there is ever overwritten.
import { isDeepStrictEqual } from 'node:util'
import type Database from 'better-sqlite3'
import { DistError } from '../../../shared/base/errors.ts'
import type { JobsetSpec } from '../../../shared/model/jobset.ts'
import type { SubmitMode } from '../../../shared/model/submission.ts'
import { readJobsetSpec } from '../../ports/spec-json.ts'

export interface ThereJobset {
  readonly id: number
  readonly owner: string
  readonly spec: JobsetSpec
}

interface Row {
  readonly id: number
  readonly batch: string
  readonly owner: string
  readonly spec: string
}

/**
 * The jobset to add to, the newest version of the name; null = a new one is made. `exists` when the mode does not allow what is
 * there (with its id where there is no more to say: the routes add what is known of it); `forbidden`
 * when it is someone else's (`by` null = an administrator).
 */
export function jobsetThere(db: Database.Database): (mode: SubmitMode, spec: JobsetSpec, by: string | null) => ThereJobset | null {
  const find = db.prepare<[number], Row>('SELECT id, batch, owner, spec FROM jobset WHERE id = ?')
  const newest = newestVersion(db)
  return (mode, spec, by) => {
    const { namespace, batchName } = spec.meta
    if (mode === 'version') return null
    const row = find.get(newest(namespace, batchName)?.id ?? 0)
    if (row === undefined) return null
    const label = `${namespace}/${row.batch}`
    if (mode === 'new') {
      throw new DistError('exists', `${label} is here already`, {
        hint: 'give the jobset another batch_name; nothing of it is overwritten',
        ids: { jobset: row.id },
      })
    }
    if (by !== null && row.owner !== by) throw new DistError('forbidden', `${label} is of ${row.owner}: only they may add to it`)
    const there = { id: row.id, owner: row.owner, spec: readJobsetSpec(row.spec) }
    if (there.spec.search !== undefined) {
      throw new DistError('exists', `${label} is a search: its jobs are its trials, no others can join them`, {
        hint: 'dist search extend adds samples; --new-version makes another jobset',
      })
    }
    const other = otherFrame(there.spec, spec)
    if (other === null) return there
    throw new DistError('exists', `${label} is here already, and ${other} is not what it was: its jobs would not belong together`, {
      hint: 'add it as another version with --new-version, or under another batch_name',
    })
  }
}

/** The newest of `name`, `name@2`, `name@3`, …; null when there is none. */
export function newestVersion(db: Database.Database): (namespace: string, batch: string) => { id: number; version: number } | null {
  // '@' is in no name that a person gives; 'A' comes next to it
  const find = db.prepare<[string, string, string, string], { id: number; batch: string }>(
    'SELECT id, batch FROM jobset WHERE namespace = ? AND (batch = ? OR (batch >= ? AND batch < ?))',
  )
  return (namespace, batch) => {
    const rows = find.all(namespace, batch, `${batch}@`, `${batch}A`)
    const versions = rows.map((row) => ({ id: row.id, version: row.batch === batch ? 1 : Number(row.batch.slice(batch.length + 1)) }))
    return versions.reduce<{ id: number; version: number } | null>((a, b) => (a === null || b.version > a.version ? b : a), null)
  }
}

/** The first part that all jobs share and that differs, in the words of the file; null when none does. */
function otherFrame(there: JobsetSpec, now: JobsetSpec): string | null {
  const frame = ({ kind, meta, initialize, after }: JobsetSpec): Readonly<Record<string, unknown>> => {
    const { buildFile, build, sif, mounts, source, files, share } = initialize
    const words = [...new Set(meta.capabilities)].sort()
    return {
      'the kind': kind,
      capabilities: words,
      'the build file': buildFile,
      'the build': build,
      'the image': sif,
      required_mounts: [...mounts],
      source,
      share,
      'required_files of initialize': [...files].sort((a, b) => (a.name < b.name ? -1 : 1)),
      after: [...after].sort(),
    }
  }
  const before = frame(there)
  return Object.entries(frame(now)).find(([key, value]) => !isDeepStrictEqual(before[key], value))?.[0] ?? null
}
