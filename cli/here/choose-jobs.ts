// What of a jobset runs here: the chosen jobs, without what only makes sense among other machines and other jobsets.
// Used by `dist run`. Pure.
import { DistError } from '../../shared/base/errors.ts'
import type { Jobset } from '../../shared/model/jobset.ts'
import { nearest } from '../../shared/text/near.ts'

export interface Chosen<F> {
  readonly jobset: Jobset<F>
  /** what was left out, a sentence each */
  readonly notes: readonly string[]
}

/**
 * `names` null = all jobs. Capabilities and `after` are left out: who says `run` means here and now. Needs of jobs that
 * were not chosen are left out too. Throws `usage` for a name that no job has.
 */
export function chooseJobs<F>(jobset: Jobset<F>, names: readonly string[] | null): Chosen<F> {
  const wanted = names === null ? null : new Set(names)
  const known = new Set(jobset.jobs.map((job) => job.name))
  for (const name of wanted ?? []) if (!known.has(name)) throw unknown(name, [...known])
  const notes: string[] = []
  let dropped = 0
  const jobs = jobset.jobs.flatMap((job) => {
    if (wanted === null) return [job]
    if (!wanted.has(job.name)) return []
    const needs = job.needs.filter((need) => wanted.has(need))
    dropped += job.needs.length - needs.length
    return [{ ...job, needs }]
  })
  const { capabilities } = jobset.meta
  if (capabilities.length > 0) notes.push(`runs here whether or not this machine has ${capabilities.join(', ')}`)
  if (jobset.after.length > 0) notes.push(`does not wait for ${jobset.after.join(', ')}`)
  if (dropped > 0) notes.push('does not wait for jobs that were not chosen with --job')
  return { jobset: { ...jobset, meta: { ...jobset.meta, capabilities: [] }, after: [], jobs }, notes }
}

function unknown(name: string, known: readonly string[]): DistError {
  const near = nearest(name, known)
  const some = known.slice(0, 5).join(', ')
  return new DistError('usage', `--job ${name}: there is no such job in the file`, {
    hint: near === null ? `it has ${some}${known.length > 5 ? ', …' : ''}` : `did you mean '${near}'?`,
  })
}
