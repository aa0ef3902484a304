// Reads `python`: the build and the jobs.
import type { SlurmFields } from '../model/jobset.ts'
import { FileReader, type FileRef } from './file-ref.ts'
import { jobNameProblem } from './name-rule.ts'
import { type Path, pathText } from './problem.ts'
import { readName } from './read-meta.ts'
import { readSlurm } from './read-slurm.ts'
import type { Reading } from './reading.ts'
import type { Entry, Node } from './tree.ts'

/** A job as far as it could be read. */
interface PartialJob {
  readonly name: string | null
  readonly script: FileRef | null
  readonly files: readonly FileRef[]
  readonly slurm: SlurmFields | null
}

export interface PartialPython {
  readonly buildFile: FileRef | null
  readonly initFiles: readonly FileRef[]
  readonly jobs: readonly PartialJob[]
}

/** `batchName` is for names that the batch reserves; `folder` for relative paths. */
export function readPython(reading: Reading, node: Node, path: Path, batchName: string | null, folder: string): PartialPython {
  const files = new FileReader(reading, folder)
  const entries = reading.map(node, path, 'python')
  const initialize = readInitialize(reading, entries?.get('initialize'), { up: path, part: 'initialize' }, files)
  const jobs = readJobs(reading, entries?.get('jobs'), { up: path, part: 'jobs' }, batchName, files)
  return { ...initialize, jobs }
}

function readInitialize(reading: Reading, entry: Entry | undefined, path: Path, files: FileReader): Omit<PartialPython, 'jobs'> {
  // `initialize:` with nothing below it: nothing to build
  const entries = entry === undefined || entry.value.kind === 'null' ? null : reading.map(entry.value, path, 'initialize')
  const build = entries?.get('build_file')
  return {
    buildFile: build === undefined || build.value.kind === 'null' ? null : files.file(build.value, { up: path, part: 'build_file' }),
    initFiles: files.files(entries?.get('required_files'), { up: path, part: 'required_files' }),
  }
}

function readJobs(reading: Reading, entry: Entry | undefined, path: Path, batchName: string | null, files: FileReader): PartialJob[] {
  if (entry === undefined) return []
  if (entry.value.kind === 'null') {
    reading.wrong(entry.value, path, 'a list of jobs', 'write - {name: job_1, file: run.py} below it')
    return []
  }
  const items = reading.list(entry, path, 'a list: - {name: job_1, file: run.py}')
  if (items === null) return []
  if (items.length === 0)
    reading.problems.error(entry.value.at, path, 'there are no jobs', 'add at least one: - {name: job_1, file: run.py}')
  const first = new Map<string, number>()
  return items.map((item, index) => {
    const here = { up: path, part: index }
    const job = readJob(reading, item, here, batchName, files)
    if (job.name === null) return job
    const other = first.get(job.name)
    if (other === undefined) {
      first.set(job.name, index)
      return job
    }
    const at = nameAt(item)
    const message = `the name '${job.name}' is taken by ${pathText({ up: path, part: other })}`
    reading.problems.error(at, { up: here, part: 'name' }, message, 'give every job its own name')
    return job
  })
}

function readJob(reading: Reading, node: Node, path: Path, batchName: string | null, files: FileReader): PartialJob {
  const entries = reading.map(node, path, 'job')
  const script = entries?.get('file')
  return {
    name: readName(reading, entries?.get('name'), { up: path, part: 'name' }, (name) => jobNameProblem(name, batchName ?? '')),
    script: script === undefined ? null : files.file(script.value, { up: path, part: 'file' }),
    files: files.files(entries?.get('required_files'), { up: path, part: 'required_files' }),
    slurm: readSlurm(reading, entries?.get('slurm'), { up: path, part: 'slurm' }),
  }
}

function nameAt(job: Node): number {
  const entry = job.kind === 'map' ? job.entries.find((item) => item.key === 'name') : undefined
  return entry?.value.at ?? job.at
}
