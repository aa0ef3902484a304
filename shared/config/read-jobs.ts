// Reads the jobs of each kind, and checks their names and needs against each other.
import type { Kind, SlurmFields } from '../model/jobset.ts'
import { circleText, needsProblems } from '../model/needs.ts'
import type { JobOptions } from '../model/options.ts'
import { nearest } from '../text/near.ts'
import type { FileReader, FileRef } from './file-ref.ts'
import { jobNameProblem } from './name-rule.ts'
import { type Path, pathText } from './problem.ts'
import { readName } from './read-meta.ts'
import { readOptions } from './read-options.ts'
import { readSlurm } from './read-slurm.ts'
import { readCommand, readTexts } from './read-values.ts'
import { type Reading, samePlaces } from './reading.ts'
import type { Entry, Node } from './tree.ts'

/** A job as far as it could be read. */
export interface PartialJob {
  readonly name: string | null
  readonly script: FileRef | null
  readonly run: string | null
  readonly files: readonly FileRef[]
  readonly slurm: SlurmFields | null
  readonly needs: readonly string[]
  readonly options: Partial<JobOptions> | null
}

export interface JobContext {
  readonly reading: Reading
  readonly kind: Kind
  /** for names that the batch reserves */
  readonly batchName: string | null
  readonly files: FileReader
  /** what holds for a job that says nothing */
  readonly options: JobOptions
}

const examples: Readonly<Record<Kind, string>> = {
  python: '- {name: job_1, file: run.py}',
  apptainer: '- {name: job_1, required_files: [input.json]}',
  shell: '- {name: job_1, run: ./solve input/a.json}',
}

export function readJobs(context: JobContext, entry: Entry | undefined, path: Path): readonly PartialJob[] {
  if (entry === undefined) return []
  const { reading, kind } = context
  if (entry.value.kind === 'null') {
    reading.wrong(entry.value, path, 'a list of jobs', `write ${examples[kind]} below it`)
    return []
  }
  const items = reading.list(entry, path, `a list: ${examples[kind]}`)
  if (items === null) return []
  if (items.length === 0) reading.problems.error(entry.value.at, path, 'there are no jobs', `add at least one: ${examples[kind]}`)
  const first = new Map<string, number>()
  const jobs = items.map((item, index) => {
    const here = { up: path, part: index }
    const job = readJob(context, item, here)
    if (job.name === null) return job
    const other = first.get(job.name)
    if (other === undefined) first.set(job.name, index)
    else {
      const message = `the name '${job.name}' is taken by ${pathText({ up: path, part: other })}`
      reading.problems.error(valueAt(item, 'name'), { up: here, part: 'name' }, message, 'give every job its own name')
    }
    return job
  })
  checkNeeds(reading, items, jobs, path)
  return jobs
}

function readJob(context: JobContext, node: Node, path: Path): PartialJob {
  const { reading, kind, batchName, files } = context
  const entries = reading.map(node, path, `${kind}_job`)
  const script = entries?.get('file')
  const at = (part: string): Path => ({ up: path, part })
  const run = entries?.get('run')
  if (run?.value.kind === 'null') reading.wrong(run.value, at('run'), 'a command', 'write a command: ./solve input/a.json')
  const options = readOptions(reading, entries, path, context.options)
  return {
    name: readName(reading, entries?.get('name'), at('name'), (name) => jobNameProblem(name, batchName ?? '')),
    script: script === undefined ? null : files.file(script.value, at('file')),
    run: readCommand(reading, run, at('run'), 'write a command: ./solve input/a.json'),
    files: files.files(entries?.get('required_files'), at('required_files')),
    slurm: readSlurm(reading, entries?.get('slurm'), at('slurm')),
    needs: readNeeds(reading, entries?.get('needs'), at('needs')),
    options: Object.keys(options).length === 0 ? null : options,
  }
}

/** As written, so that an index leads to its place. */
function readNeeds(reading: Reading, entry: Entry | undefined, path: Path): readonly string[] {
  const words = { what: 'the name of a job', example: 'a list: [job_1]' }
  return readTexts(reading, entry, path, words, () => true) ?? []
}

function checkNeeds(reading: Reading, items: readonly Node[], jobs: readonly PartialJob[], path: Path): void {
  const names = jobs.flatMap(({ name }) => (name === null ? [] : [name]))
  for (const [index, { job, need, kind, names: found }] of needsProblems(jobs).entries()) {
    const node = items[job]
    const list = node === undefined ? undefined : childOf(node, 'needs')
    const at = (list?.kind === 'list' ? list.items[need]?.at : undefined) ?? node?.at ?? 0
    const here = { up: { up: { up: path, part: job }, part: 'needs' }, part: need }
    const message = kind === 'circle' ? `the jobs need each other in a circle: ${circleText(found)}` : `there is no job '${found[0]}'`
    const near = kind === 'circle' || index >= samePlaces ? null : nearest(found[0] ?? '', names)
    const hint = kind === 'circle' ? 'remove one of these needs' : near === null ? 'name a job of this file' : `did you mean '${near}'?`
    reading.problems.folded('error', `needs ${kind}`, samePlaces, at, here, message, hint)
  }
}

function childOf(job: Node, key: string): Node | undefined {
  return job.kind === 'map' ? job.entries.find((entry) => entry.key === key)?.value : undefined
}

function valueAt(job: Node, key: string): number {
  return childOf(job, key)?.at ?? job.at
}
