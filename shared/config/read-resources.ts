// Reads `resources`: what a job asks of a node. A job says only what it wants otherwise than its jobset.
import type { Demand } from '../model/resources.ts'
import type { Path } from './problem.ts'
import { isSet, readBytes, readWhole } from './read-values.ts'
import type { Reading } from './reading.ts'
import type { Entry } from './tree.ts'

const mostCores = 65_536
const mostGpus = 1024
const expectedCores = `all, a number of cores from 1 to ${mostCores}, or {min: 2, max: 8}`

/** `base` with what the file says; null when it says nothing. */
export function readResources(reading: Reading, entry: Entry | undefined, path: Path, base: Demand): Demand | null {
  if (!isSet(entry)) return null
  const entries = reading.map(entry.value, path, 'resources')
  if (entries === null) return null
  const at = (part: string): Path => ({ up: path, part })
  return {
    cores: readCores(reading, entries.get('cores'), at('cores')) ?? base.cores,
    memory: readBytes(reading, entries.get('memory'), at('memory')) ?? base.memory,
    gpus: readWhole(reading, entries.get('gpus'), at('gpus'), { least: 0, most: mostGpus }) ?? base.gpus,
    disk: readBytes(reading, entries.get('disk'), at('disk')) ?? base.disk,
  }
}

function readCores(reading: Reading, entry: Entry | undefined, path: Path): Demand['cores'] | null {
  if (!isSet(entry)) return null
  const { value } = entry
  if (value.kind === 'text' && value.text === 'all') return 'all'
  if (value.kind === 'map') return readRange(reading, entry, path)
  const cores = value.kind === 'text' && value.plain && /^\d{1,5}$/.test(value.text) ? Number(value.text) : 0
  if (cores >= 1 && cores <= mostCores) return { min: cores, max: cores }
  reading.wrong(value, path, expectedCores)
  return null
}

function readRange(reading: Reading, entry: Entry, path: Path): Demand['cores'] | null {
  const entries = reading.map(entry.value, path, 'cores')
  const range = { least: 1, most: mostCores }
  const min = readWhole(reading, entries?.get('min'), { up: path, part: 'min' }, range) ?? 1
  const max = readWhole(reading, entries?.get('max'), { up: path, part: 'max' }, range)
  if (max === null) return null
  if (min <= max) return { min, max }
  reading.problems.error(entry.value.at, path, `min is ${min} and max is ${max}`, 'swap them')
  return null
}
