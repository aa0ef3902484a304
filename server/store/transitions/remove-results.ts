// folder -> removed: results go by a rule that an administrator wrote (retention). First the mark, durable; then the files;
// then the end: a head that dies in between goes on with what is marked. Rows and manifests stay.
//
//   location: folder -> folder + removed_result(done 0) -> NULL + removed_result(done 1)
import type { Manifest } from '../../../shared/model/manifest.ts'
import type { ResultKind } from '../../ports/kept-reads.ts'
import { transition } from '../transition.ts'
import { manifestBytes, namespaceBytes } from './namespace-bytes.ts'

export interface ResultRef {
  readonly kind: ResultKind
  readonly id: string
}

/** Marks results of jobsets that are over; answers those whose files may go now. `onlyBeside`: never a job's committed result. */
export const removeResults = transition<{ readonly items: readonly ResultRef[]; readonly onlyBeside: boolean }, ResultRef[]>((db) => {
  const over = "jobset IN (SELECT id FROM jobset WHERE state <> 'active')"
  const find = {
    attempt: db
      .prepare<[string, number], number>(
        `SELECT 1 FROM attempt a WHERE id = ? AND location = 'folder' AND ${over}
         AND (? = 0 OR NOT EXISTS (SELECT 1 FROM job j WHERE j.id = a.job AND j.committed_attempt = a.id))`,
      )
      .pluck(),
    build: db.prepare<[string, number], number>(`SELECT 1 FROM build WHERE id = ? AND ? = 0 AND location = 'folder' AND ${over}`).pluck(),
  }
  const mark = db.prepare('INSERT OR IGNORE INTO removed_result (id, at) VALUES (?, ?)')
  return ({ items, onlyBeside }, context) =>
    items.filter(({ kind, id }) => {
      if (find[kind].get(id, Number(onlyBeside)) !== 1) return false
      mark.run(id, context.now)
      return true
    })
})

/** The files of marked results are gone. */
export const resultsRemoved = transition<{ readonly items: readonly ResultRef[] }, void>((db) => {
  const end = db.prepare('UPDATE removed_result SET done = 1 WHERE id = ? AND done = 0')
  const clear = {
    attempt: db.prepare<[string], { jobset: number; manifest: string | null }>(
      "UPDATE attempt SET location = NULL WHERE id = ? AND location = 'folder' RETURNING jobset, manifest",
    ),
    build: db.prepare<[string], { jobset: number; manifest: string | null }>(
      "UPDATE build SET location = NULL WHERE id = ? AND location = 'folder' RETURNING jobset, manifest",
    ),
  }
  const namespace = db.prepare<[number], string>('SELECT namespace FROM jobset WHERE id = ?').pluck()
  const account = namespaceBytes(db)
  return ({ items }, context) => {
    const gone = new Map<number, { results: number; bytes: number }>()
    for (const { kind, id } of items) {
      if (end.run(id).changes === 0) continue
      const row = clear[kind].get(id)
      if (row === undefined) continue
      const bytes = manifestBytes(JSON.parse(row.manifest ?? '[]') as Manifest)
      account(namespace.get(row.jobset) ?? '', -bytes)
      const sum = gone.get(row.jobset) ?? { results: 0, bytes: 0 }
      gone.set(row.jobset, { results: sum.results + 1, bytes: sum.bytes + bytes })
    }
    for (const [jobset, sum] of gone) context.event('results_removed', { jobset }, sum)
  }
})
