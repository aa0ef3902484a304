// Which files a jobset and its jobs name. For everyone who counts, hashes, sends or keeps inputs, so that none is forgotten.
import type { JobSpec, JobsetSpec } from './jobset.ts'

/** Files of the jobset itself: what the build is made of, then what every job finds in `input/`. */
export function specFiles<F>({ initialize }: Pick<JobsetSpec<F>, 'initialize'>): readonly F[] {
  const { buildFile, sif, files } = initialize
  return [...(buildFile === null ? [] : [buildFile]), ...(sif === null ? [] : [sif]), ...files]
}

/** Files of one job, its script first. */
export function jobFiles<F>({ script, files }: Pick<JobSpec<F>, 'script' | 'files'>): readonly F[] {
  return script === null ? files : [script, ...files]
}
