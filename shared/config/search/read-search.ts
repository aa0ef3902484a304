// Reads `search:` as a whole (docs/search.md). What belongs together has a file of its own beside this one; here are the order
// of reading, the defaults of batchtools, and what must fit together.
import type { SlurmFields } from '../../model/jobset.ts'
import type { JobOptions } from '../../model/options.ts'
import { type CommType, isAdaptive, isNative, type ReportGroup, type SearchSpec } from '../../model/search.ts'
import { budgetName, halvingProblem } from '../../search/halving-config.ts'
import { gridSize, mostTrials } from '../../search/space.ts'
import { choicesProblem } from '../../search/suggested.ts'
import { trialCount } from '../../search/trial-count.ts'
import { withoutHostLists } from '../../trial/host-lists.ts'
import { paramProblems } from '../../trial/param-problems.ts'
import { FileReader, type FileRef } from '../file-ref.ts'
import { nameProblem } from '../name-rule.ts'
import type { Path } from '../problem.ts'
import type { PartialKind } from '../read-kind.ts'
import { readName } from '../read-meta.ts'
import { readFlag, readWhole } from '../read-values.ts'
import type { Reading } from '../reading.ts'
import { schemas } from '../schema.ts'
import type { Entry } from '../tree.ts'
import { liftConfig } from './lift-config.ts'
import { readAlgorithm, readAlgorithmConfig, readMetrics, readOnFailure } from './read-algorithm.ts'
import { readBatchtk } from './read-batchtk.ts'
import { checkNames, readProgram } from './read-program.ts'
import { readRunConfig } from './read-run-config.ts'
import { readPoints, readSpace } from './read-space.ts'
import { readTrialOptions } from './read-trial-options.ts'
import { readOneOf, readWords } from './read-words.ts'

export interface SearchContext {
  readonly kind: PartialKind | null
  /** absolute; relative paths begin there */
  readonly folder: string
  /** of the jobset; `coresSaid`: its file names cores */
  readonly options: JobOptions
  readonly coresSaid: boolean
  readonly maxConcurrent: number | null
  readonly sge: SlurmFields | null
  readonly slurm: SlurmFields | null
}

const jobTypes = { sh: 'sh', zsh: 'sh', sge: 'sge', ssh_sge: 'sge', slurm: 'slurm', ssh_slurm: 'slurm' } as const
const ways: Readonly<Record<string, CommType>> = {
  ...{ auto: 'auto', socket: 'socket', unix: 'unix', filesystem: 'filesystem', none: 'none' },
  ...{ sfs: 'filesystem', sftp: 'filesystem' },
}
const groups = { path: 'path', config: 'config', data: 'data' } as const satisfies Record<ReportGroup, ReportGroup>

/** As far as it could be read: usable when no problem is an error. */
export function readSearch(reading: Reading, entry: Entry, path: Path, context: SearchContext): SearchSpec<FileRef> | null {
  const before = reading.problems.count
  const written = reading.map(entry.value, path, 'search')
  const misspelt = reading.problems.count > before
  if (written === null) return null
  const entries = liftConfig(reading, written, path)
  const at = (part: string): Path => ({ up: path, part })
  const get = (key: keyof typeof schemas.search): Entry | undefined => entries.get(key)
  tellUnneeded(reading, entries, path)
  const jobType = readOneOf(reading, get('job_type'), at('job_type'), jobTypes) ?? 'sh'
  const runConfig = readRunConfig(reading, get('run_config'), at('run_config'), jobType)
  const kind = context.kind?.kind ?? null
  const files = new FileReader(reading, context.folder)
  const program = readProgram(reading, entries, path, { kind, files, fallback: runConfig.command, at: entry.keyAt, misspelt })
  const named = { ...readAlgorithm(reading, get('algorithm'), at('algorithm')), at: get('algorithm')?.value.at ?? entry.keyAt }
  const { algorithm } = named
  const params = readSpace(reading, get('params'), at('params'), algorithm)
  const space = params.map(({ name, domain }) => ({ name, domain }))
  const batchtk = readBatchtk(reading, get('batchtk'), at('batchtk'))
  const options = readTrialOptions(reading, entries, path, context, runConfig)
  const most = { least: 1, most: mostTrials }
  const spec: SearchSpec<FileRef> = {
    label: readName(reading, get('label'), at('label'), nameProblem) ?? 'search',
    ...program,
    command: onOneNode(reading, program.command, jobType, { at: get('job_type')?.value.at ?? entry.keyAt, path: at('job_type') }),
    jobType,
    scheduler: runConfig.scheduler === null ? null : { ...(jobType === 'sge' ? context.sge : context.slurm), ...runConfig.scheduler },
    commType: readOneOf(reading, get('comm_type'), at('comm_type'), ways) ?? 'auto',
    params: space,
    points: readPoints(reading, get('points_to_evaluate'), at('points_to_evaluate'), space),
    algorithm,
    algorithmConfig: readAlgorithmConfig(reading, get('algorithm_config'), at('algorithm_config'), named),
    metrics: readMetrics(reading, get('metric'), get('mode'), path, algorithm),
    numSamples: readWhole(reading, get('num_samples'), at('num_samples'), most) ?? 1,
    maxConcurrent: readWhole(reading, get('max_concurrent'), at('max_concurrent'), most) ?? context.maxConcurrent ?? 1,
    batch: readFlag(reading, get('batch'), at('batch')) ?? isAdaptive(algorithm),
    seed: readWhole(reading, get('seed'), at('seed'), { least: 0, most: 2 ** 32 - 1 }),
    onFailure: readOnFailure(reading, get('on_failure'), at('on_failure')),
    batchtk,
    report: readReport(reading, entries, path),
    pruneMetadata: readFlag(reading, get('prune_metadata'), at('prune_metadata')) ?? true,
    options,
  }
  checkNumber(reading, spec, entries, path)
  checkParams(
    reading,
    spec,
    params.map((param) => param.at),
    at('params'),
  )
  checkTexts(reading, spec, entries, path)
  return spec
}

/** A command for a queue says on which hosts; a trial has one, wherever it runs. */
function onOneNode(
  reading: Reading,
  command: string | null,
  jobType: SearchSpec['jobType'],
  place: { readonly at: number; readonly path: Path },
): string | null {
  if (command === null || jobType === 'sh') return command
  const found = withoutHostLists(command)
  const list = found.left.length === 0 ? '' : `; '${found.left.join(' ')}' is left out of its command`
  const message = `${jobType}: a trial runs on one ordinary node, with the cores, memory and time of run_config as its own${list}`
  reading.problems.folded('notice', 'queue', 1, place.at, place.path, message)
  return found.command
}

/** batchtools options that have nothing to do here: told once each, so that nobody wonders. */
function tellUnneeded(reading: Reading, entries: ReadonlyMap<string, Entry>, path: Path): void {
  for (const [word, key] of Object.entries(schemas.search)) {
    const entry = entries.get(word)
    if (entry === undefined || key.type !== 'unneeded') continue
    reading.problems.folded(
      'notice',
      `unneeded ${word}`,
      1,
      entry.keyAt,
      { up: path, part: word },
      `'${word}' is not needed here: ${key.what}`,
    )
  }
}

function readReport(reading: Reading, entries: ReadonlyMap<string, Entry>, path: Path): readonly ReportGroup[] {
  const entry = entries.get('report') ?? entries.get('report_config')
  const here = { up: path, part: entry?.key ?? 'report' }
  const words = readWords(reading, entry, here, 'one of path, config, data')
  if (words === null || entry === undefined) return Object.values(groups)
  const known = words.flatMap((word) => (Object.hasOwn(groups, word) ? [groups[word as ReportGroup]] : []))
  if (known.length < words.length)
    reading.problems.error(entry.value.at, here, 'the groups are path, config and data', 'report: [path, config, data]')
  return known
}

/** A search that nobody could finish, and points that would not be run. */
function checkNumber(reading: Reading, spec: SearchSpec<FileRef>, entries: ReadonlyMap<string, Entry>, path: Path): void {
  const { params, points, numSamples, algorithm, algorithmConfig } = spec
  const choices = isNative(algorithm) ? null : choicesProblem(params)
  if (choices !== null) {
    const hint = `an interval, like {uniform: [0, 1]} or {int: [0, 1000]}, has no such limit`
    reading.problems.error(entries.get('params')?.value.at ?? 0, { up: path, part: 'params' }, `under ${algorithm} ${choices}`, hint)
  }
  const size = gridSize(params)
  const trials = algorithm === 'halving' && halvingProblem(algorithmConfig) !== null ? 0 : trialCount(spec)
  if (trials > mostTrials) {
    const times = numSamples > 1 ? `, ${numSamples.toLocaleString('en')} times each` : ''
    const message =
      size > 1 ? `the grid has ${size.toLocaleString('en')} points${times}` : `the search has ${trials.toLocaleString('en')} trials`
    reading.problems.error(
      entries.get('params')?.value.at ?? 0,
      { up: path, part: 'params' },
      message,
      `a search has at most ${mostTrials.toLocaleString('en')} trials`,
    )
  }
  if (points.length <= numSamples || params.some(({ domain }) => domain.kind === 'grid')) return
  const message = `there are ${points.length} points and num_samples is ${numSamples}`
  reading.problems.error(
    entries.get('points_to_evaluate')?.value.at ?? 0,
    { up: path, part: 'points_to_evaluate' },
    message,
    'num_samples counts them: raise it',
  )
}

/** Names that cannot be sent, that meet, or that the jobset's own params have. */
function checkParams(reading: Reading, spec: SearchSpec<FileRef>, places: readonly number[], path: Path): void {
  const { params, options, batchtk, algorithm } = spec
  const budget = algorithm === 'halving' ? [budgetName(spec)] : []
  const names = [...params.map(({ name }) => name), ...Object.keys(options.params), ...budget]
  for (const { index, message, hint } of paramProblems(
    names,
    batchtk.delimiter,
    batchtk.keys.map(([name]) => name),
  )) {
    reading.problems.error(places[index] ?? places[0] ?? 0, { up: path, part: names[index] ?? '' }, message, hint)
  }
}

function checkTexts(reading: Reading, spec: SearchSpec<FileRef>, entries: ReadonlyMap<string, Entry>, path: Path): void {
  const names = [...spec.params.map(({ name }) => name), ...(spec.algorithm === 'halving' ? [budgetName(spec)] : [])]
  const place = (key: string) => ({ at: entries.get(key)?.value.at ?? 0, path: { up: path, part: key } })
  const said = entries.get('params')?.value
  // a parameter that is wrong is missing, and told
  if (said?.kind !== 'map' || said.entries.length > spec.params.length) return
  if (spec.command !== null) checkNames(reading, spec.command, names, place(entries.has('command') ? 'command' : 'run_config'))
  for (const arg of spec.options.args) checkNames(reading, arg, names, place('args'))
}
