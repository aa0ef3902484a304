// A jobset for tests of whoever handles one: it says nothing.
import type { JobsetSpec } from './jobset.ts'
import { defaultOptions } from './options.ts'

/** Of kind shell, `lab/sweep`, every key as if it were not written. */
export function emptySpec(change: Partial<JobsetSpec> = {}): JobsetSpec {
  return {
    kind: 'shell',
    meta: { batchName: 'sweep', namespace: 'lab', capabilities: [], matrix: null },
    initialize: { buildFile: null, build: null, sif: null, mounts: [], source: null, share: false, files: [] },
    options: defaultOptions,
    slurm: null,
    sge: null,
    priority: 0,
    after: [],
    maxFails: null,
    maxConcurrent: null,
    lostAfter: null,
    collect: null,
    comment: null,
    ...change,
  }
}
