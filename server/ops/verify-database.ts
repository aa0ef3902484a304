// SQLite's own check of its file, as findings.
import type { Finding } from '../../shared/model/verify.ts'
import type { ReadDb } from '../ports/read-db.ts'

const shown = 20

export function verifyDatabase(db: ReadDb, found: (finding: Finding) => void): void {
  const rows = db.pragma(`integrity_check(${shown})`) as readonly { readonly integrity_check: string }[]
  for (const { integrity_check: detail } of rows) if (detail !== 'ok') found({ kind: 'changed', path: 'dist.sqlite', detail })
}
