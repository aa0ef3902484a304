// A request id -> an open draft, or the jobset that it became. A draft pins its blobs; nobody but its owner sees it.
import { DistError } from '../../../shared/base/errors.ts'
import type { JobsetId, Sha256 } from '../../../shared/model/ids.ts'
import type { JobsetSpec } from '../../../shared/model/jobset.ts'
import { specFiles } from '../../../shared/model/jobset-files.ts'
import type { Provenance, SubmitMode } from '../../../shared/model/submission.ts'
import { transition } from '../transition.ts'
import { draftBlobs } from './draft-blobs.ts'
import { jobsetThere } from './jobset-there.ts'

export interface CreateDraft {
  /** the client's request id, which is the draft's id too */
  readonly id: string
  readonly owner: string
  readonly spec: JobsetSpec
  readonly text: string
  readonly jobCount: number
  /** absent = `new` */
  readonly mode?: SubmitMode
  readonly provenance?: Provenance | null
  /** an administrator may add to the jobsets of others */
  readonly admin?: boolean
}

export type CreatedDraft = { readonly kind: 'open' } | { readonly kind: 'committed'; readonly jobset: JobsetId }

interface DraftRow {
  readonly owner: string
  readonly spec: string
  readonly job_count: number
  readonly mode: string
}

export const createDraft = transition<CreateDraft, CreatedDraft>((db) => {
  const committed = db.prepare<[string], { id: number; owner: string }>('SELECT jobset AS id, owner FROM submission WHERE request_id = ?')
  const open = db.prepare<[string], DraftRow>('SELECT owner, spec, job_count, mode FROM draft WHERE id = ?')
  const insert = db.prepare(
    `INSERT INTO draft (id, owner, created_at, namespace, batch, job_count, spec, text, mode, provenance)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const addBlobs = draftBlobs(db)
  const there = jobsetThere(db)
  return ({ id, owner, spec, text, jobCount, mode = 'new', provenance = null, admin = false }, context) => {
    const done = committed.get(id)
    if (done !== undefined) {
      if (done.owner !== owner) throw taken()
      return { kind: 'committed', jobset: done.id as JobsetId }
    }
    const written = JSON.stringify(spec)
    const draft = open.get(id)
    if (draft !== undefined) {
      if (draft.owner !== owner || draft.spec !== written || draft.job_count !== jobCount || draft.mode !== mode) throw taken()
      return { kind: 'open' }
    }
    const { namespace, batchName } = spec.meta
    there(mode, spec, admin ? null : owner)
    const told = provenance === null ? null : JSON.stringify(provenance)
    insert.run(id, owner, context.now, namespace, batchName, jobCount, written, text, mode, told)
    addBlobs(id, specBlobs(spec))
    return { kind: 'open' }
  }
})

/** Contents that the jobset names outside its jobs. */
export function specBlobs(spec: JobsetSpec): { sha256: Sha256; size: number }[] {
  return [...specFiles(spec)]
}

function taken(): DistError {
  return new DistError('bad_request', 'this request id belongs to another draft', {
    hint: 'make a new random request id for every `dist add`',
  })
}
