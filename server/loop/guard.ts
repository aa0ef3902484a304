// Whose an attempt or build is, for uploads; answered from the rows, so that it holds across restarts.

import type { JobsetId } from '../../shared/model/ids.ts'
import type { AttemptGuard } from '../ports/head.ts'
import type { ReadDb } from '../ports/read-db.ts'

const openStates = new Set(['claimed', 'running', 'lost', 'returned', 'ordered', 'building', 'dropped'])

export function attemptGuard(db: ReadDb): AttemptGuard {
  const find = db.prepare<[string, string], { node: string; state: string; jobset: number }>(
    'SELECT node, state, jobset FROM attempt WHERE id = ? UNION ALL SELECT node, state, jobset FROM build WHERE id = ?',
  )
  return {
    mayUpload: (id, node) => {
      const row = find.get(id, id)
      return row !== undefined && row.node === node && openStates.has(row.state)
    },
    jobsetOf: (id) => (find.get(id, id)?.jobset ?? null) as JobsetId | null,
  }
}
