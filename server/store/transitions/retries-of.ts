// The retry rules of a job: its own, else its jobset's. Read only when an attempt failed; a jobset's are kept, because its
// spec may be megabytes.
import type Database from 'better-sqlite3'
import type { Retries } from '../../../shared/model/options.ts'
import { readJobSpec, readJobsetSpec } from '../../ports/spec-json.ts'

/** Jobsets whose rules are kept. */
const kept = 100

export function retriesOf(db: Database.Database): (job: number, jobset: number) => Retries {
  const jobSpec = db.prepare<[number], string>('SELECT spec FROM job_spec WHERE job = ?').pluck()
  const jobsetSpec = db.prepare<[number], string>('SELECT spec FROM jobset WHERE id = ?').pluck()
  const known = new Map<number, Retries>()
  return (job, jobset) => {
    const own = readJobSpec(jobSpec.get(job) ?? '{}').options?.retries
    if (own !== undefined) return own
    const found = known.get(jobset)
    if (found !== undefined) return found
    const { retries } = readJobsetSpec(jobsetSpec.get(jobset) ?? '{}').options
    for (const oldest of known.keys()) {
      if (known.size < kept) break
      known.delete(oldest)
    }
    known.set(jobset, retries)
    return retries
  }
}
