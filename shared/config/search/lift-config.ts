// batchtools lets `algorithm_config` say what are keys of the search here: metric, mode, batch, … and the seed under the name
// that each optimiser has for it. They are taken out and read as those keys.
import type { Path } from '../problem.ts'
import { isSet } from '../read-values.ts'
import type { Reading } from '../reading.ts'
import type { Entry } from '../tree.ts'

const lifted: Readonly<Record<string, string>> = {
  metric: 'metric',
  mode: 'mode',
  max_concurrent: 'max_concurrent',
  batch: 'batch',
  points_to_evaluate: 'points_to_evaluate',
  seed: 'seed',
  random_state: 'seed',
  random_state_seed: 'seed',
}

/** The entries of a search with those of its algorithm_config where they belong. Twice is an error. */
export function liftConfig(reading: Reading, entries: ReadonlyMap<string, Entry>, path: Path): ReadonlyMap<string, Entry> {
  const config = entries.get('algorithm_config')
  if (config?.value.kind !== 'map') return entries
  const found = new Map(entries)
  const rest: Entry[] = []
  for (const entry of config.value.entries) {
    const key = Object.hasOwn(lifted, entry.key) ? lifted[entry.key] : undefined
    if (key === undefined) rest.push(entry)
    else if (!isSet(found.get(key))) found.set(key, { ...entry, key })
    else {
      const here = { up: { up: path, part: 'algorithm_config' }, part: entry.key }
      reading.problems.error(entry.keyAt, here, `'${entry.key}' is there twice: search.${key} is set too`, 'keep one of them')
    }
  }
  return found.set('algorithm_config', { ...config, value: { ...config.value, entries: rest } })
}
