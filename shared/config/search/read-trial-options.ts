// Reads what holds for every trial: resources, limits, tries. Inside of `search:` wins over run_config, that over the jobset.
import type { JobOptions, Retries } from '../../model/options.ts'
import type { Demand } from '../../model/resources.ts'
import type { Path } from '../problem.ts'
import { readOptions } from '../read-options.ts'
import { readRetries } from '../read-retries.ts'
import { isSet, readDuration, readWhole } from '../read-values.ts'
import type { Reading } from '../reading.ts'
import type { Entry } from '../tree.ts'

interface Above {
  readonly options: JobOptions
  readonly coresSaid: boolean
}

interface Config {
  readonly cores: number | null
  readonly memory: number | null
  readonly timeLimit: number | null
}

const mostTries = 1000

export function readTrialOptions(
  reading: Reading,
  entries: ReadonlyMap<string, Entry>,
  path: Path,
  above: Above,
  config: Config,
): JobOptions {
  const { options, coresSaid } = above
  const exactly = (cores: number): Demand['cores'] => ({ min: cores, max: cores })
  const demand: Demand = {
    ...options.demand,
    // a trial has one core, where a job of its own has the whole node
    cores: config.cores !== null ? exactly(config.cores) : coresSaid ? options.demand.cores : exactly(1),
    memory: config.memory ?? options.demand.memory,
  }
  const base = { ...options, demand, timeLimit: config.timeLimit ?? options.timeLimit }
  const timeout = entries.get('timeout')
  const at = (part: string): Path => ({ up: path, part })
  if (isSet(timeout) && isSet(entries.get('time_limit'))) {
    reading.problems.error(timeout.keyAt, at('timeout'), "'timeout' and 'time_limit' are the same", 'keep one of them')
  }
  // those two have a meaning of their own in a search
  const rest = new Map([...entries].filter(([key]) => key !== 'params' && key !== 'retries'))
  const said = readOptions(reading, rest, path, base)
  const timeLimit = readDuration(reading, timeout, at('timeout'), 1)
  const retries = readTries(reading, entries.get('retries'), at('retries'), options.retries)
  return { ...base, ...said, ...(timeLimit === null ? {} : { timeLimit }), ...(retries === null ? {} : { retries }) }
}

/** A number is for lost nodes alone: the same parameters would mostly fail again. */
function readTries(reading: Reading, entry: Entry | undefined, path: Path, base: Retries): Retries | null {
  if (!isSet(entry) || entry.value.kind === 'map') return readRetries(reading, entry, path, base)
  const max = readWhole(reading, entry, path, { least: 0, most: mostTries })
  return max === null ? null : { max, on: ['lost'], backoff: base.backoff }
}
