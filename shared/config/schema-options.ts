// Keys that may stand at the top level or in a job, and the mappings below them. A part of schema.ts.
import type { Key, MapSchema } from './key.ts'

const key = (type: Key['type'], what: string): Key => ({ type, what })

/** At the top level for every job, in a job for that job. */
export const jobOptionKeys = {
  resources: key('resources', 'cores, memory, gpus and disk of a job; absent = the whole node'),
  time_limit: key('duration', 'how long a job may run, like 2h; then its whole process tree is ended'),
  retries: key('retries', 'how often and after what a job is tried again'),
  args: key('words', 'arguments after the core count'),
  env: key('env', 'added environment; a job adds to that of its jobset'),
  params: key('params', 'values written to input/params.json and to DIST_PARAM_*; a job adds to those of its jobset'),
  save: key('save', 'what is shipped from distribute_save'),
  nice: key('nice', 'lower CPU priority, 0 to 19'),
  sandbox: key('later', 'what a job may see of its node'),
} as const satisfies MapSchema

/** At the top level only. */
export const jobsetOptionKeys = {
  sge: key('fields', 'scheduler fields for Grid Engine, kept for export'),
  priority: key('priority', 'higher first, -1000 to 1000'),
  after: key('words', 'batches of this namespace that must have succeeded first'),
  max_fails: key('max_fails', 'failures that stop the jobset: 10 or 10%'),
  max_concurrent: key('many', 'how many jobs run at once'),
  lost_after: key('duration', 'silence after which a node counts as lost, like 5m'),
  collect: key('fields', 'saved files that feed the table of results: {results.json: json}'),
  comment: key('text', 'free text kept with the results'),
  canary: key('later', 'jobs that must succeed before the rest starts'),
  notify: key('later', 'whom to tell, and when'),
} as const satisfies MapSchema

export const optionSchemas = {
  resources: {
    cores: key('cores', 'all, a number, or {min: 2, max: 8}'),
    memory: key('bytes', 'an amount like 8GiB'),
    gpus: key('count', 'how many GPUs'),
    disk: key('bytes', 'an amount like 20GiB'),
  },
  cores: {
    min: key('many', 'the least number of cores; absent = 1'),
    max: { type: 'many', required: true, what: 'the most that the job can use' },
  },
  retries: {
    max: key('count', 'tries beyond the first'),
    on: key('words', 'which ends are tried again: exit, timeout, oom, lost; absent = all but lost, which has 5 tries of its own'),
    backoff: key('duration', 'before the next try, doubled each time; absent = 10s'),
  },
  save: {
    only_on: key('text', 'success: nothing is shipped of a job that failed'),
    exclude: key('words', "patterns of what is left out: ['*.tmp']"),
    max_size: key('bytes', 'more than this is an error, like 20GiB'),
  },
} as const satisfies Record<string, MapSchema>
