// Keys of `search:` and the mappings below it. A part of schema.ts.
import { commTypes, nativeAlgorithms, suggestAlgorithms } from '../model/search.ts'
import type { Key, MapSchema } from './key.ts'
import { jobOptionKeys } from './schema-options.ts'

const key = (type: Key['type'], what: string, words?: readonly string[]): Key => ({ type, what, ...(words === undefined ? {} : { words }) })
const unneeded = (what: string): Key => ({ type: 'unneeded', what })
const numbers = (what: string): Key => ({ type: 'numbers', what })
const { resources, time_limit, args, env, save, nice, sandbox } = jobOptionKeys

/** Other spellings of algorithms, with what they add to algorithm_config. */
export const algorithmAliases: Readonly<
  Record<string, { readonly algorithm: string; readonly config?: Readonly<Record<string, string>> }>
> = {
  variant_generator: { algorithm: 'grid' },
  latin_hypercube: { algorithm: 'lhs' },
  successive_halving: { algorithm: 'halving' },
  axe: { algorithm: 'ax' },
  tpe: { algorithm: 'optuna', config: { sampler: 'tpe' } },
  nsga2: { algorithm: 'optuna', config: { sampler: 'nsgaii' } },
  nsgaii: { algorithm: 'optuna', config: { sampler: 'nsgaii' } },
  gp: { algorithm: 'optuna', config: { sampler: 'gp' } },
  qmc: { algorithm: 'optuna', config: { sampler: 'qmc' } },
}

export const algorithmNames: readonly string[] = [...nativeAlgorithms, ...suggestAlgorithms]

export const searchKeys = {
  label: key('name', 'trials are named <label>_00000, …; absent = search'),
  command: key('command', 'what a trial runs: a command for /bin/sh; {{name}} is the value of a parameter'),
  file: key('file', 'python: a script that a trial runs, in place of a command'),
  setup: key('command', 'commands before it in the same shell, like conda activate'),
  workdir: key('text', 'folder of the workspace where it runs'),
  job_type: key('text', 'where trials run; absent = sh, an agent', ['sh', 'zsh', 'sge', 'ssh_sge', 'slurm', 'ssh_slurm']),
  comm_type: key('text', 'how batchtools reports; absent = as the script needs it', [...commTypes, 'sfs', 'sftp']),
  run_config: key('fields', 'fields of a batchtools submit template: command, cores, vmem, realtime, queue, …'),
  params: { type: 'space', required: true, what: 'the search space: names with values, lists, or domains' },
  algorithm: key('text', 'how it is walked; absent = grid', [...algorithmNames, ...Object.keys(algorithmAliases)]),
  algorithm_config: key('params', 'more for the algorithm'),
  metric: key('one_or_more', 'what to optimise: a key of what the job reports, or a list; absent = loss'),
  mode: key('one_or_more', 'min or max, or one for each metric; absent = min'),
  num_samples: key('many', 'number of trials; each point of a grid runs so often; absent = 1'),
  max_concurrent: key('many', 'trials at once; absent = 1'),
  batch: key(
    'flag',
    'true: a generation of max_concurrent trials ends before the next begins; absent = true where results steer the search',
  ),
  seed: key('count', 'makes a search repeatable'),
  points_to_evaluate: key('points', 'tried first: [{name: value}]'),
  on_failure: key('on_failure', 'skip, stop, or {penalty: 1e9}'),
  batchtk: key('batchtk', 'how parameters reach batchtools'),
  report: key('one_or_more', 'groups of columns of the results: path, config, data'),
  report_config: key('one_or_more', 'the same as report'),
  prune_metadata: key('flag', 'true: a csv with parameters and results alone; absent = true'),
  timeout: key('duration', 'how long a trial may run, like 2h'),
  retries: key('tries', 'runs beyond the first where a node was lost, or {max, on, backoff}'),
  resources: { ...resources, what: 'cores, memory, gpus and disk of a trial; absent = one core' },
  time_limit,
  args,
  env,
  save,
  nice,
  sandbox,
  output_path: unneeded('what a trial saves is shipped to the head'),
  checkpoint_path: unneeded('the head keeps the state of the search'),
  sample_interval: unneeded('results are noticed when they come'),
  attempt_restore: unneeded('a search goes on by itself'),
  clean_checkpoint: unneeded('there is no checkpoint to remove'),
  advanced_logging: unneeded('the head keeps a row for every trial'),
  file_cleanup: unneeded('files of the machinery are not shipped'),
  keep: unneeded('files of the machinery are not shipped'),
  ray_config: unneeded('there is no ray'),
  remote_dir: unneeded('an agent runs there'),
  host: unneeded('an agent runs there'),
  key: unneeded('an agent runs there, so take the secret out of this file'),
} as const satisfies MapSchema

export const searchSchemas = {
  search: searchKeys,
  batchtk: {
    delimiter: key('text', 'between name and value; absent = auto, which asks the batchtk of the node', ['auto', '*=', '=']),
    keys: key('any', 'parameters that carry folder and label: netpyne, pointers, none, or {saveFolder: dir, simLabel: label}'),
  },
  penalty: { penalty: { type: 'numbers', required: true, what: 'the value of every metric of a failed trial' } },
  domain: {
    grid: { type: 'any', what: 'every value is tried: [a, b, c]' },
    choice: { type: 'any', what: 'one of [a, b, c]' },
    coupled: { type: 'any', what: 'values that belong together: [[0, 0], [1, 1]]' },
    constant: { type: 'any', what: 'one value' },
    range: numbers('whole numbers as in Python: [start, stop, step], without stop'),
    arange: numbers('numbers as numpy.arange: [start, stop, step], without stop'),
    linspace: numbers('[first, last, count]'),
    logspace: numbers('[first, last, count]: powers of ten, or of base'),
    uniform: numbers('[low, high]'),
    loguniform: numbers('[low, high], uniform in the logarithm'),
    quniform: numbers('[low, high, step]'),
    qloguniform: numbers('[low, high, step]'),
    int: numbers('[low, high], both included'),
    randint: numbers('[low, high], without high'),
    qrandint: numbers('[low, high, step], both included'),
    lograndint: numbers('[low, high], without high, uniform in the logarithm'),
    qlograndint: numbers('[low, high, step]'),
    normal: numbers('[mean, deviation]'),
    qnormal: numbers('[mean, deviation, step]'),
    randn: numbers('the same as normal'),
    qrandn: numbers('the same as qnormal'),
    step: numbers('of int, uniform and normal'),
    log: { type: 'flag', what: 'of int and uniform: uniform in the logarithm' },
    base: numbers('of logspace'),
  },
} as const satisfies Record<string, MapSchema>
