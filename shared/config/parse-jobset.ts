// Text of a jobset file -> jobset and problems, without looking at the disk (check-files.ts does that next).
// Called by `dist add` and by whatever else takes a jobset file.
import type { Jobset, JobsetSpec } from '../model/jobset.ts'
import { wholeNode } from '../model/resources.ts'
import { nearest } from '../text/near.ts'
import type { FileRef } from './file-ref.ts'
import { jsonTree } from './json-tree.ts'
import { type Problem, Problems } from './problem.ts'
import { type PartialMeta, readMeta } from './read-meta.ts'
import { type PartialPython, readPython } from './read-python.ts'
import { readSlurm } from './read-slurm.ts'
import { Reading } from './reading.ts'
import { otherKinds } from './schema.ts'
import type { Node } from './tree.ts'
import { yamlTree } from './yaml-tree.ts'

interface ParseOptions {
  /** as the user named it, for messages */
  readonly file: string
  /** absolute; relative paths begin there */
  readonly folder: string
}

export interface ParseResult {
  /** null when there is an error */
  readonly jobset: Jobset<FileRef> | null
  /** in the order of the file */
  readonly problems: readonly Problem[]
  /** readable also in a file that is otherwise wrong or has no jobs: `dist pull jobs.yaml` needs no more */
  readonly name: { readonly namespace: string; readonly batchName: string } | null
  /** for check-files.ts */
  readonly draft: Draft
}

/** What could be read, with everything that the next step needs to report more. */
export interface Draft {
  readonly text: string
  readonly options: ParseOptions
  readonly meta: PartialMeta | null
  readonly python: PartialPython | null
  readonly problems: Problems
  /** false: read by the fast way, which knows no places */
  readonly placed: boolean
}

/** Larger text than this is refused: it would stop the program for minutes. */
const maxText = 64 << 20

/** Never throws for a bad text: everything wrong with it is in `problems`, all at once. */
export function parseJobset(text: string, options: ParseOptions): ParseResult {
  const json = text.length > maxText ? null : jsonTree(text)
  if (json !== null) {
    const problems = new Problems()
    const result = read(text, options, json, problems, false)
    if (problems.count === 0) return result
  }
  return parsePlaced(text, options)
}

/** The same by the slow way only, which knows the place of everything. */
export function parsePlaced(text: string, options: ParseOptions): ParseResult {
  const problems = new Problems()
  if (text.length > maxText) {
    problems.error(0, null, `the file has more than ${maxText >> 20} MiB`, 'split the jobset, or write JSON with short names')
    return read(text, options, null, problems, true)
  }
  const tree = yamlTree(text, problems)
  if (!problems.failed && (tree === null || tree.kind === 'null')) {
    problems.error(0, null, 'the file is empty', '`dist template python` prints one to start from')
  }
  return read(text, options, tree, problems, true)
}

function read(text: string, options: ParseOptions, tree: Node | null, problems: Problems, placed: boolean): ParseResult {
  const reading = new Reading(problems)
  const entries = tree === null || tree.kind === 'null' ? null : reading.map(tree, null, 'jobset')
  const metaEntry = entries?.get('meta')
  const pythonEntry = entries?.get('python')
  const meta = metaEntry === undefined ? null : readMeta(reading, metaEntry.value, { up: null, part: 'meta' })
  const batchName = meta?.batchName ?? null
  const python =
    pythonEntry === undefined ? null : readPython(reading, pythonEntry.value, { up: null, part: 'python' }, batchName, options.folder)
  const slurm = readSlurm(reading, entries?.get('slurm'), { up: null, part: 'slurm' })
  if (entries !== null && pythonEntry === undefined && !otherKind(tree)) {
    problems.error(tree?.at ?? 0, null, "the key 'python' is missing", 'python: initialize and jobs of the jobset')
  }
  const name =
    meta === null || meta.batchName === null || meta.namespace === null ? null : { namespace: meta.namespace, batchName: meta.batchName }
  const spec: Omit<JobsetSpec<FileRef>, 'meta' | 'initialize'> = { kind: 'python', demand: wholeNode, slurm }
  return {
    jobset: problems.failed ? null : whole(spec, meta, python),
    problems: problems.located(text),
    name,
    draft: { text, options, meta, python, problems, placed },
  }
}

/** True when a key is there that is reported already: another kind of jobset, or `python` misspelt. */
function otherKind(tree: Node | null): boolean {
  return tree?.kind === 'map' && tree.entries.some(({ key }) => otherKinds.includes(key) || nearest(key, ['python']) !== null)
}

function whole(
  spec: Omit<JobsetSpec<FileRef>, 'meta' | 'initialize'>,
  meta: PartialMeta | null,
  python: PartialPython | null,
): Jobset<FileRef> | null {
  if (meta === null || python === null || meta.batchName === null || meta.namespace === null) return null
  const jobs = python.jobs.flatMap(({ name, script, ...rest }) => (name === null || script === null ? [] : [{ name, script, ...rest }]))
  const { batchName, namespace } = meta
  return { ...spec, meta: { ...meta, batchName, namespace }, initialize: { buildFile: python.buildFile, files: python.initFiles }, jobs }
}
