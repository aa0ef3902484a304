// A search for the simulator: its trials report nothing, so a trial succeeds when its job does.
import type { InputFile } from '../../shared/model/jobset.ts'
import { defaultOptions } from '../../shared/model/options.ts'
import type { SearchSpec } from '../../shared/model/search.ts'
import type { Random } from './random.ts'

export function searchSpec(random: Random): SearchSpec<InputFile> {
  const demand = { cores: { min: 1, max: 1 }, memory: null, gpus: 0, disk: null }
  const retries = random.chance(0.5) ? ({ max: 1, on: ['exit'], backoff: 2000 } as const) : defaultOptions.retries
  return {
    ...{ label: 'search', command: 'true', script: null, setup: null, workdir: null, jobType: 'sh', scheduler: null, commType: 'none' },
    params: [{ name: 'x', domain: { kind: 'grid', values: { kind: 'range', start: 0, step: 1, count: 1 + random.below(4) } } }],
    ...{ points: [], algorithm: 'grid', algorithmConfig: {}, metrics: [], numSamples: 1 + random.below(2) },
    maxConcurrent: 1 + random.below(4),
    batch: random.chance(0.5),
    seed: 1,
    onFailure: random.chance(0.2) ? { kind: 'stop' } : { kind: 'skip' },
    ...{ batchtk: { delimiter: 'auto', keys: [] }, report: [], pruneMetadata: true },
    options: { ...defaultOptions, demand, retries },
  }
}
