// Reads what may be said at the top level and in a job, where it overrides: resources, limits, arguments, parameters.
import type { JobOptions, SaveRules } from '../model/options.ts'
import type { Path } from './problem.ts'
import { readEnv, readParams } from './read-params.ts'
import { readResources } from './read-resources.ts'
import { readRetries } from './read-retries.ts'
import { isSet, readBytes, readDuration, readTexts, readWhole } from './read-values.ts'
import type { Reading } from './reading.ts'
import type { Entry, Node } from './tree.ts'
import { hasNul } from './value-rules.ts'

type Entries = ReadonlyMap<string, Entry> | null

/**
 * Only what the file says here. `base` is what holds without it: resources, retries and save are completed from it,
 * env and params added to it, everything else replaces it.
 */
export function readOptions(reading: Reading, entries: Entries, path: Path | null, base: JobOptions): Partial<JobOptions> {
  const at = (part: string): Path => ({ up: path, part })
  const env = readEnv(reading, entries?.get('env'), at('env'))
  const params = readParams(reading, entries?.get('params'), at('params'))
  return {
    ...said('demand', readResources(reading, entries?.get('resources'), at('resources'), base.demand)),
    ...said('timeLimit', readDuration(reading, entries?.get('time_limit'), at('time_limit'), 1)),
    ...said('retries', readRetries(reading, entries?.get('retries'), at('retries'), base.retries)),
    ...said('args', readArgs(reading, entries?.get('args'), at('args'))),
    ...said('env', env === null ? null : { ...base.env, ...env }),
    ...said('params', params === null ? null : { ...base.params, ...params }),
    ...said('save', readSave(reading, entries?.get('save'), at('save'), base.save)),
    ...said('nice', readWhole(reading, entries?.get('nice'), at('nice'), { least: 0, most: 19 })),
  }
}

function said<K extends keyof JobOptions>(key: K, value: JobOptions[K] | null): Partial<JobOptions> {
  return value === null ? {} : ({ [key]: value } as Partial<JobOptions>)
}

function readArgs(reading: Reading, entry: Entry | undefined, path: Path): readonly string[] | null {
  const words = { what: 'text', example: 'a list: [--steps, 100]' }
  return readTexts(reading, entry, path, words, (text, node, here) => {
    if (!hasNul(text)) return true
    reading.problems.error(node.at, here, 'the argument has a NUL character', 'remove it')
    return false
  })
}

function readSave(reading: Reading, entry: Entry | undefined, path: Path, base: SaveRules): SaveRules | null {
  if (!isSet(entry)) return null
  const entries = reading.map(entry.value, path, 'save')
  if (entries === null) return null
  const at = (part: string): Path => ({ up: path, part })
  const only = entries.get('only_on')
  const word = reading.optionalText(only, at('only_on'), "'success'")
  if (word !== null && word !== 'success') {
    reading.problems.error(only?.value.at ?? 0, at('only_on'), `'${word}' is not known here`, 'write success, or leave the key out')
  }
  const words = { what: 'a pattern', example: "a list: ['*.tmp', cache/**]" }
  return {
    onlyOn: word === 'success' ? word : base.onlyOn,
    exclude: readTexts(reading, entries.get('exclude'), at('exclude'), words, isExclude(reading)) ?? base.exclude,
    maxSize: readBytes(reading, entries.get('max_size'), at('max_size')) ?? base.maxSize,
  }
}

function isExclude(reading: Reading) {
  return (text: string, node: Node, path: Path): boolean => {
    const wrong = text === '' ? 'the pattern is empty' : text.startsWith('/') || text.startsWith('./') ? `'${text}' matches nothing` : null
    if (wrong === null) return true
    reading.problems.error(node.at, path, wrong, 'write a path below distribute_save, like cache/** or *.tmp')
    return false
  }
}
