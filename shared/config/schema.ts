// The keys of the jobset file, once: what the reader accepts, what messages suggest, what json-schema.ts publishes.
import type { Key, MapSchema } from './key.ts'
import { jobOptionKeys, jobsetOptionKeys, optionSchemas } from './schema-options.ts'
import { searchSchemas } from './schema-search.ts'

const slurm: Key = { type: 'slurm', what: 'scheduler fields, kept for export' }
const jobs: Key = { type: 'jobs', required: true, what: 'the jobs, at least one' }
const buildFiles: Key = { type: 'files', what: 'files and folders that the build and every job find in input/' }
const jobName: Key = { type: 'name', required: true, what: 'name of the job, unique in the jobset' }
const jobRest = {
  required_files: { type: 'files', what: 'files and folders that this job finds in input/' },
  slurm,
  needs: { type: 'words', what: 'jobs that must have succeeded first' },
  ...jobOptionKeys,
} as const satisfies MapSchema
const code = {
  source: { type: 'source', what: 'code from elsewhere, fetched before the build: {git: URL} or {archive: URL, sha256: …}' },
  share: { type: 'flag', what: 'true: another jobset may use this build although its sources are not pinned' },
} as const satisfies MapSchema

export const schemas = {
  jobset: {
    meta: { type: 'meta', required: true, what: 'names and requirements' },
    python: { type: 'kind', what: 'a jobset of python scripts' },
    apptainer: { type: 'kind', what: 'a jobset in a container' },
    singularity: { type: 'kind', what: 'old spelling of apptainer' },
    shell: { type: 'kind', what: 'a jobset of shell commands' },
    search: { type: 'search', what: 'a search: one job description becomes trials' },
    slurm,
    ...jobOptionKeys,
    ...jobsetOptionKeys,
  },
  meta: {
    batch_name: { type: 'name', required: true, what: 'name of this jobset, unique in its namespace' },
    namespace: { type: 'name', required: true, what: 'name of the group or project that it belongs to' },
    capabilities: { type: 'words', what: 'what a node must have, all of it' },
    matrix: { type: 'text', what: 'Matrix user to tell when done, "@name:server"' },
  },
  python: { initialize: { type: 'initialize', what: 'the build, once a node; absent = nothing to build' }, jobs },
  apptainer: { initialize: { type: 'initialize', required: true, what: 'the image and what every job needs' }, jobs },
  shell: { initialize: { type: 'initialize', what: 'the build, once a node; absent = nothing to build' }, jobs },
  python_initialize: {
    build_file: { type: 'file', what: 'python script that becomes build.py; absent = nothing to build' },
    required_files: buildFiles,
    ...code,
  },
  apptainer_initialize: {
    sif: { type: 'file', required: true, what: 'the image' },
    required_files: { type: 'files', what: 'files and folders that every job finds in /input' },
    required_mounts: { type: 'words', what: 'paths inside the container where a job may write' },
  },
  shell_initialize: {
    build: { type: 'command', what: 'command for /bin/sh -eu; absent = nothing to build' },
    required_files: buildFiles,
    ...code,
  },
  python_job: { name: jobName, file: { type: 'file', required: true, what: 'python script that becomes job.py' }, ...jobRest },
  apptainer_job: { name: jobName, ...jobRest },
  shell_job: { name: jobName, run: { type: 'command', required: true, what: 'command for /bin/sh -eu; $1 is the core count' }, ...jobRest },
  file: {
    path: { type: 'text', required: true, what: 'file or folder, relative to the folder of this file' },
    alias: { type: 'text', what: 'name that the job sees; may name sub-folders' },
  },
  source: {
    git: { type: 'text', what: 'address of a repository' },
    ref: { type: 'text', what: 'branch, tag or commit; absent = the default branch' },
    submodules: { type: 'flag', what: 'true: with submodules' },
    archive: { type: 'text', what: 'https address of a tar or zip file' },
    sha256: { type: 'text', what: 'SHA-256 of the archive, 64 hex digits' },
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
  ...optionSchemas,
  ...searchSchemas,
} as const satisfies Record<string, MapSchema>

export type SchemaName = keyof typeof schemas
