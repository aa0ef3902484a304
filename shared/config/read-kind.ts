// Reads the one kind of a jobset: `python`, `apptainer` (once `singularity`) or `shell`, its build and its jobs.
import { type Kind, kinds } from '../model/jobset.ts'
import type { JobOptions } from '../model/options.ts'
import { nearest } from '../text/near.ts'
import { FileReader } from './file-ref.ts'
import type { MapSchema } from './key.ts'
import type { Path } from './problem.ts'
import { type Initialize, readInitialize } from './read-initialize.ts'
import { type PartialJob, readJobs } from './read-jobs.ts'
import { isSet } from './read-values.ts'
import type { Reading } from './reading.ts'
import { schemas } from './schema.ts'
import type { Entry, Node } from './tree.ts'

export interface PartialKind {
  readonly kind: Kind
  readonly initialize: Initialize
  readonly jobs: readonly PartialJob[]
}

interface KindContext {
  readonly batchName: string | null
  /** absolute; relative paths begin there */
  readonly folder: string
  readonly options: JobOptions
  /** a search makes the jobs */
  readonly searched: boolean
}

const words: readonly string[] = [...kinds, 'singularity']

/** Null when there is none, which is reported. */
export function readKind(
  reading: Reading,
  tree: Node | null,
  entries: ReadonlyMap<string, Entry> | null,
  context: KindContext,
): PartialKind | null {
  const found = words.flatMap((word) => entries?.get(word) ?? []).sort((a, b) => a.keyAt - b.keyAt)
  const [entry, ...others] = found
  if (entry === undefined) {
    if (entries !== null && !isTold(tree)) {
      const hint = context.searched ? 'write python, shell or apptainer: what a search runs' : 'python: initialize and jobs of the jobset'
      reading.problems.error(tree?.at ?? 0, null, "the key 'python' is missing", hint)
    }
    return null
  }
  for (const { key, keyAt } of others) {
    const message = `a jobset has one kind, and '${entry.key}' is there`
    reading.problems.error(keyAt, { up: null, part: key }, message, 'keep one of them, or make two files')
  }
  const path: Path = { up: null, part: entry.key }
  const kind = entry.key === 'singularity' ? 'apptainer' : (kinds.find((one) => one === entry.key) ?? 'python')
  if (entry.key === 'singularity') {
    reading.problems.folded('notice', 'singularity', 1, entry.keyAt, path, "'singularity' is the old spelling of 'apptainer'")
  }
  const files = new FileReader(reading, context.folder)
  const body = context.searched ? readBody(reading, entry, path, kind) : reading.map(entry.value, path, kind)
  const initialize = readInitialize(reading, kind, body?.get('initialize'), { up: path, part: 'initialize' }, files)
  if (context.searched) return { kind, initialize, jobs: [] }
  const { batchName, options } = context
  return { kind, initialize, jobs: readJobs({ reading, kind, batchName, files, options }, body?.get('jobs'), { up: path, part: 'jobs' }) }
}

/** Of a kind beside a search: `shell:` with nothing below it is enough, and jobs are too much. */
function readBody(reading: Reading, entry: Entry, path: Path, kind: Kind): ReadonlyMap<string, Entry> | null {
  if (entry.value.kind === 'null' && kind !== 'apptainer') return null
  const schema: MapSchema = { initialize: schemas[kind].initialize, jobs: { type: 'jobs', what: 'none beside a search' } }
  const body = reading.keys(entry.value, path, schema, kind)
  const jobs = body?.get('jobs')
  if (isSet(jobs)) {
    const message = 'a jobset with a search has no jobs of its own: the search makes them'
    reading.problems.error(jobs.keyAt, { up: path, part: 'jobs' }, message, 'remove jobs, or search')
  }
  return body
}

/** True when a key is there that is reported already: a kind misspelt. */
function isTold(tree: Node | null): boolean {
  return tree?.kind === 'map' && tree.entries.some(({ key }) => words.includes(key) || nearest(key, words) !== null)
}
