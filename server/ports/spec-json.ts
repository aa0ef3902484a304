// Specs as rows hold them: JSON of the version that wrote them. What an older version did not know gets its default here.
import type { JobSpec, JobsetSpec } from '../../shared/model/jobset.ts'
import { defaultOptions } from '../../shared/model/options.ts'
import type { Demand } from '../../shared/model/resources.ts'

const initializeDefaults = { buildFile: null, build: null, sif: null, mounts: [], source: null, share: false }
const jobsetDefaults = {
  options: defaultOptions,
  sge: null,
  priority: 0,
  after: [],
  maxFails: null,
  maxConcurrent: null,
  lostAfter: null,
  collect: null,
  comment: null,
}

const jobDefaults: Pick<JobSpec, 'run' | 'needs' | 'options'> = { run: null, needs: [], options: null }

export function readJobsetSpec(text: string): JobsetSpec {
  const spec = JSON.parse(text) as JobsetSpec & { readonly demand?: Demand }
  // The first version had the demand beside the options, of which it knew no others.
  const options = spec.demand === undefined ? {} : { options: { ...defaultOptions, demand: spec.demand } }
  return { ...jobsetDefaults, ...options, ...spec, initialize: { ...initializeDefaults, ...spec.initialize } }
}

export function readJobSpec(text: string): JobSpec {
  return { ...jobDefaults, ...(JSON.parse(text) as Omit<JobSpec, keyof typeof jobDefaults> & Partial<typeof jobDefaults>) }
}
