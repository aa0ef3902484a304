// Where the files of attempts and builds are right now, and what they are. Placement may change the answer at any moment.
import type { Manifest } from '../../../shared/model/manifest.ts'
import type { Location, ResultPlace, ResultPlaces } from '../../ports/result-places.ts'
import type { ReadDb } from '../read-db.ts'
import { attemptFolder, buildFolder, buildOutputFile, jobFolder } from '../result-folder.ts'

interface Row {
  readonly id: string
  readonly location: string | null
  readonly removed: number
  readonly over: number
  readonly namespace: string
  readonly batch: string
}
interface AttemptRow extends Row {
  readonly job: string
  readonly number: number | null
  readonly committed: number
}

export function resultPlaces(db: ReadDb): ResultPlaces {
  const attempt = db.prepare<[string], AttemptRow>(
    `SELECT a.id, a.location, a.finished_at IS NOT NULL AS over, EXISTS (SELECT 1 FROM removed_result r WHERE r.id = a.id) AS removed, a.number, s.namespace, s.batch, j.name AS job, j.committed_attempt IS a.id AS committed
     FROM attempt a JOIN job j ON j.id = a.job JOIN jobset s ON s.id = a.jobset WHERE a.id = ?`,
  )
  const build = db.prepare<[string], Row & { readonly node: string }>(
    `SELECT b.id, b.location, b.state NOT IN ('ordered', 'building') AS over, EXISTS (SELECT 1 FROM removed_result r WHERE r.id = b.id) AS removed, s.namespace, s.batch, CASE b.place WHEN 0 THEN n.name ELSE n.name || '.' || b.place END AS node
     FROM build b JOIN node n ON n.id = b.node JOIN jobset s ON s.id = b.jobset WHERE b.id = ?`,
  )
  const attemptManifest = db.prepare<[string], string | null>('SELECT manifest FROM attempt WHERE id = ?').pluck()
  const buildManifest = db.prepare<[string], string | null>('SELECT manifest FROM build WHERE id = ?').pluck()
  return {
    attemptManifest: (id) => parse(attemptManifest.get(id)),
    buildManifest: (id) => parse(buildManifest.get(id)),
    attempt(id) {
      const row = attempt.get(id)
      if (row === undefined) return undefined
      const mark = row.number === null ? row.id : String(row.number)
      return placeOf(row, row.committed === 1 ? jobFolder(row, row.job) : attemptFolder(row, row.job, mark), new Map())
    },
    build(id) {
      const row = build.get(id)
      if (row === undefined) return undefined
      return placeOf(row, buildFolder(row, row.node), new Map([['stdout.txt', buildOutputFile(row, row.node)]]))
    },
  }
}

function placeOf(row: Row, folder: string, outside: ReadonlyMap<string, string>): ResultPlace {
  const location = row.removed === 1 ? ({ kind: 'removed' } as const) : parseLocation(row.location)
  return { id: row.id, location, over: row.over === 1, folder, outside }
}

function parse(text: string | null | undefined): Manifest {
  return text === null || text === undefined ? [] : (JSON.parse(text) as Manifest)
}

function parseLocation(text: string | null): Location {
  if (text === null) return { kind: 'none' }
  if (text === 'incoming' || text === 'folder') return { kind: text }
  // On its way to the place of an older generation: readers look again when it is not there yet.
  if (text === 'aside') return { kind: 'folder' }
  const [, pack, offset] = text.split(':')
  return { kind: 'pack', pack: Number(pack), offset: Number(offset) }
}
