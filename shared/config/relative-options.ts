// Options of a job told relative to its jobset's: only what differs. Used by the command line when it sends jobs, and by the
// head when jobs join a jobset whose file was another one.
import { isDeepStrictEqual } from 'node:util'
import type { JobOptions } from '../model/options.ts'

/** Null when nothing differs. */
export function relativeOptions(jobset: JobOptions, job: Partial<JobOptions> | null): Partial<JobOptions> | null {
  if (job === null) return null
  const other = Object.entries(job).filter(([key, value]) => !isDeepStrictEqual(value, jobset[key as keyof JobOptions]))
  return other.length === 0 ? null : (Object.fromEntries(other) as Partial<JobOptions>)
}
