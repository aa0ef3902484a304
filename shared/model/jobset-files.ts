// Which files a jobset and its jobs name. For everyone who counts, hashes, sends or keeps inputs, so that none is forgotten.
import type { JobSpec, JobsetSpec } from './jobset.ts'

/** Files of the jobset itself: what the build is made of, what every job finds in `input/`, what the trials of its search run. */
export function specFiles<F>({ initialize, search }: Pick<JobsetSpec<F>, 'initialize' | 'search'>): readonly F[] {
  const { buildFile, sif, files } = initialize
  return [buildFile, sif, ...files, search?.script ?? null].filter((file) => file !== null)
}

/** Files of one job, its script first. */
export function jobFiles<F>({ script, files }: Pick<JobSpec<F>, 'script' | 'files'>): readonly F[] {
  return script === null ? files : [script, ...files]
}
