// Reads which algorithm walks the space, with its configuration, and what is optimised.

import type { ParamValue } from '../../model/options.ts'
import { type Algorithm, isAdaptive, type Metric, type Mode, type OnFailure } from '../../model/search.ts'
import { halvingProblem } from '../../search/halving-config.ts'
import { nearest } from '../../text/near.ts'
import type { Path } from '../problem.ts'
import { readParams } from '../read-params.ts'
import { isSet } from '../read-values.ts'
import type { Reading } from '../reading.ts'
import { algorithmAliases, algorithmNames } from '../schema-search.ts'
import type { Entry } from '../tree.ts'
import { readTyped } from './read-typed.ts'
import { readWords } from './read-words.ts'

type Config = Readonly<Record<string, ParamValue>>

/** Once offered by ray.tune, and gone. */
const gone: Readonly<Record<string, string>> = {
  sigopt: 'the service behind sigopt was shut down',
  skopt: 'scikit-optimize is no longer maintained',
  dragonfly: 'dragonfly is no longer maintained',
  blendsearch: 'ray.tune has dropped it',
  cfo: 'ray.tune has dropped it',
}

/** `grid` when the file says nothing, and when what it says is wrong (reported). */
export function readAlgorithm(
  reading: Reading,
  entry: Entry | undefined,
  path: Path,
): { readonly algorithm: Algorithm; readonly config: Config } {
  const word = reading.optionalText(entry, path, 'the name of an algorithm')
  const alias = word !== null && Object.hasOwn(algorithmAliases, word) ? algorithmAliases[word] : undefined
  const name = alias?.algorithm ?? word ?? 'grid'
  if (isAlgorithm(name)) return { algorithm: name, config: alias?.config ?? {} }
  const at = entry?.value.at ?? 0
  const list = `known are ${algorithmNames.join(', ')}`
  if (Object.hasOwn(gone, name)) reading.problems.error(at, path, `${name} cannot be used: ${gone[name]}`, `use optuna; ${list}`)
  else {
    const near = nearest(name, [...algorithmNames, ...Object.keys(algorithmAliases)])
    reading.problems.error(at, path, `there is no algorithm '${name}'`, near === null ? list : `did you mean '${near}'?`)
  }
  return { algorithm: 'grid', config: {} }
}

/** `named`: its name in the file, whose other spelling may add something; the file's own words win. */
export function readAlgorithmConfig(
  reading: Reading,
  entry: Entry | undefined,
  path: Path,
  named: { readonly algorithm: Algorithm; readonly config: Config; readonly at: number },
): Config {
  const { algorithm } = named
  const config = { ...named.config, ...readParams(reading, entry, path) }
  if (['grid', 'random', 'lhs'].includes(algorithm) && Object.keys(config).length > 0) {
    reading.problems.folded(
      'notice',
      'algorithm_config',
      1,
      entry?.value.at ?? 0,
      path,
      `${algorithm} has nothing to configure: it is not used`,
    )
  }
  const problem = algorithm === 'halving' ? halvingProblem(config) : null
  if (problem !== null) reading.problems.error(entry?.value.at ?? named.at, { up: path, part: problem.key }, problem.message, problem.hint)
  return config
}

/** The word `none` is no metric: the jobs report nothing. */
export function readMetrics(
  reading: Reading,
  metric: Entry | undefined,
  mode: Entry | undefined,
  path: Path,
  algorithm: Algorithm,
): readonly Metric[] {
  const [metricPath, modePath] = [
    { up: path, part: 'metric' },
    { up: path, part: 'mode' },
  ]
  const words = readWords(reading, metric, metricPath, 'a metric') ?? ['loss']
  const names = words.length === 1 && words[0] === 'none' ? [] : words
  const modes = (readWords(reading, mode, modePath, 'min or max') ?? ['min']).map((word) => modeOf(reading, word, mode, modePath))
  const at = metric?.value.at ?? 0
  if (new Set(names).size < names.length) reading.problems.error(at, metricPath, 'a metric is there twice', 'keep one of them')
  if (names.length === 0 && isAdaptive(algorithm)) {
    reading.problems.error(at, metricPath, `${algorithm} needs a metric to optimise`, 'metric: loss, a key of what the job reports')
  }
  if (names.length > 1 && isAdaptive(algorithm) && algorithm !== 'optuna') {
    reading.problems.error(at, metricPath, `${algorithm} optimises one metric`, 'algorithm: optuna takes several')
  }
  if (modes.length !== 1 && modes.length !== names.length) {
    const message = `there are ${names.length} metrics and ${modes.length} modes`
    reading.problems.error(mode?.value.at ?? 0, modePath, message, 'write min, max, or a list of one for each metric')
  }
  return names.map((name, index) => ({ name, mode: (modes.length === 1 ? modes[0] : modes[index]) ?? 'min' }))
}

export function readOnFailure(reading: Reading, entry: Entry | undefined, path: Path): OnFailure {
  if (!isSet(entry)) return { kind: 'skip' }
  const { value } = entry
  if (value.kind === 'text' && (value.text === 'skip' || value.text === 'stop')) return { kind: value.text }
  const penalty = value.kind === 'map' ? reading.map(value, path, 'penalty')?.get('penalty') : undefined
  const read = penalty === undefined ? undefined : readTyped(reading, penalty.value, { up: path, part: 'penalty' })
  if (read?.kind === 'int' || read?.kind === 'float') return { kind: 'penalty', value: read.value }
  if (penalty !== undefined) reading.wrong(penalty.value, { up: path, part: 'penalty' }, 'a number')
  else if (value.kind !== 'map') reading.wrong(value, path, 'skip, stop, or {penalty: 1e9}')
  return { kind: 'skip' }
}

function modeOf(reading: Reading, word: string, entry: Entry | undefined, path: Path): Mode {
  if (/^min(imi[sz]e)?$/.test(word)) return 'min'
  if (!/^max(imi[sz]e)?$/.test(word)) reading.problems.error(entry?.value.at ?? 0, path, `'${word}' is no mode`, 'write min or max')
  return 'max'
}

function isAlgorithm(word: string): word is Algorithm {
  return algorithmNames.includes(word)
}
