// The keys of the jobset file, once: what the reader accepts, what messages suggest, what json-schema.ts publishes.

/** What a key holds; `later` = known, but this version does not do it yet. */
export type KeyType = 'text' | 'name' | 'file' | 'files' | 'words' | 'slurm' | 'jobs' | 'initialize' | 'python' | 'meta' | 'count' | 'later'

export interface Key {
  readonly type: KeyType
  readonly required?: true
  readonly what: string
}

export type MapSchema = Readonly<Record<string, Key>>

const later = (what: string): Key => ({ type: 'later', what })

/** Optional keys at the top level or in a job. */
const options: MapSchema = {
  resources: later('cores, memory, gpus and disk of a job'),
  time_limit: later('how long a job may run'),
  retries: later('how often and after what a job is tried again'),
  args: later('arguments after the core count'),
  env: later('added environment'),
  priority: later('higher first'),
  params: later('values written to input/params.json'),
  save: later('what is shipped from distribute_save'),
  collect: later('saved files that feed the table of results'),
  sge: later('scheduler fields for Grid Engine'),
  lost_after: later('silence after which a node counts as lost'),
  nice: later('lower CPU priority'),
  sandbox: later('what a job may see of its node'),
  comment: later('free text kept with the results'),
}

const slurm: Key = { type: 'slurm', what: 'scheduler fields, kept for export' }
const requiredFiles = (what: string): Key => ({ type: 'files', what })

export const schemas = {
  jobset: {
    meta: { type: 'meta', required: true, what: 'names and requirements' },
    python: { type: 'python', what: 'a jobset of python scripts' },
    slurm,
    apptainer: later('a jobset in a container'),
    singularity: later('old spelling of apptainer'),
    shell: later('a jobset of shell commands'),
    search: later('a parameter search that generates jobs'),
    after: later('batches that must have succeeded'),
    canary: later('jobs that must succeed before the rest starts'),
    max_fails: later('failures that stop the jobset'),
    max_concurrent: later('how many jobs run at once'),
    notify: later('whom to tell, and when'),
    ...options,
  },
  meta: {
    batch_name: { type: 'name', required: true, what: 'name of this jobset, unique in its namespace' },
    namespace: { type: 'name', required: true, what: 'name of the group or project that it belongs to' },
    capabilities: { type: 'words', what: 'what a node must have, all of it' },
    matrix: { type: 'text', what: 'Matrix user to tell when done, "@name:server"' },
  },
  python: {
    initialize: { type: 'initialize', what: 'the build, once a node; absent = nothing to build' },
    jobs: { type: 'jobs', required: true, what: 'the jobs, at least one' },
  },
  initialize: {
    build_file: { type: 'file', what: 'python script that becomes build.py; absent = nothing to build' },
    required_files: requiredFiles('files and folders that the build and every job find in input/'),
    source: later('code from elsewhere'),
    share: later('a build that several jobsets use'),
  },
  job: {
    name: { type: 'name', required: true, what: 'name of the job, unique in the jobset' },
    file: { type: 'file', required: true, what: 'python script that becomes job.py' },
    required_files: requiredFiles('files and folders that this job finds in input/'),
    slurm,
    needs: later('jobs that must have succeeded'),
    ...options,
  },
  file: {
    path: { type: 'text', required: true, what: 'file or folder, relative to the folder of this file' },
    alias: { type: 'text', what: 'name that the job sees; may name sub-folders' },
  },
  slurm: {
    job_name: { type: 'text', what: '--job-name' },
    output: { type: 'text', what: '--output' },
    nodes: { type: 'count', what: '--nodes' },
    ntasks: { type: 'count', what: '--ntasks' },
    cpus_per_task: { type: 'count', what: '--cpus-per-task' },
    mem_per_cpu: { type: 'text', what: '--mem-per-cpu' },
    hint: { type: 'text', what: '--hint' },
    time: { type: 'text', what: '--time, HH:MM:SS' },
    partition: { type: 'text', what: '--partition' },
    account: { type: 'text', what: '--account' },
    mail_user: { type: 'text', what: '--mail-user' },
    mail_type: { type: 'text', what: '--mail-type' },
  },
} as const satisfies Record<string, MapSchema>

export type SchemaName = keyof typeof schemas

/** Kinds of jobsets that are known and come later. */
export const otherKinds: readonly string[] = ['apptainer', 'singularity', 'shell', 'search']

/** What belongs to another kind of jobset, and what to tell someone who writes it here. */
export const misplaced: Readonly<Record<string, string>> = {
  required_mounts: 'only apptainer jobsets have mounts; remove it',
  sif: 'only apptainer jobsets have an image; remove it',
  build: 'a python jobset has build_file',
  run: 'a python job has file',
  command: 'a python job has file',
}

/** In which part of the file a key belongs; null when nowhere. */
export function homeOf(key: string): string | null {
  const homes: readonly (readonly [SchemaName, string])[] = [
    ['meta', 'meta'],
    ['initialize', 'python.initialize'],
    ['python', 'python'],
    ['job', 'python.jobs[]'],
    ['jobset', 'the top level'],
    ['slurm', 'slurm'],
  ]
  for (const [name, place] of homes) if (Object.hasOwn(schemas[name], key)) return place
  return null
}
