// Text of a jobset file -> jobset and problems, without looking at the disk (check-files.ts does that next).
// Called by `dist add` and by whatever else takes a jobset file.
import type { Jobset } from '../model/jobset.ts'
import { defaultOptions } from '../model/options.ts'
import type { SearchSpec } from '../model/search.ts'
import type { FileRef } from './file-ref.ts'
import { jsonTree } from './json-tree.ts'
import { notYet } from './not-yet.ts'
import { type Problem, Problems } from './problem.ts'
import { readJobsetOptions } from './read-jobset-options.ts'
import { type PartialKind, readKind } from './read-kind.ts'
import { readMeta } from './read-meta.ts'
import { readOptions } from './read-options.ts'
import { readSlurm } from './read-slurm.ts'
import { isSet } from './read-values.ts'
import { Reading } from './reading.ts'
import { readSearch } from './search/read-search.ts'
import type { Entry, Node } from './tree.ts'
import { yamlTree } from './yaml-tree.ts'

interface ParseOptions {
  /** as the user named it, for messages */
  readonly file: string
  /** absolute; relative paths begin there */
  readonly folder: string
  /** known keys that are refused; not-yet.ts unless a test says otherwise */
  readonly notYet?: ReadonlySet<string>
}

export interface ParseResult {
  /** null when there is an error; one with a search has no jobs */
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
  readonly kind: PartialKind | null
  readonly search: SearchSpec<FileRef> | null
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
  const reading = new Reading(problems, options.notYet ?? notYet)
  const entries = tree === null || tree.kind === 'null' ? null : reading.map(tree, null, 'jobset')
  const metaEntry = entries?.get('meta')
  const meta = metaEntry === undefined ? null : readMeta(reading, metaEntry.value, { up: null, part: 'meta' })
  const batchName = meta?.batchName ?? null
  const jobOptions = { ...defaultOptions, ...readOptions(reading, entries, null, defaultOptions) }
  const searched = entries?.get('search')
  const context = { batchName, folder: options.folder, options: jobOptions, searched: isSet(searched) }
  const kind = readKind(reading, tree, entries, context)
  const rest = {
    options: jobOptions,
    slurm: readSlurm(reading, entries?.get('slurm'), { up: null, part: 'slurm' }),
    ...readJobsetOptions(reading, entries, batchName),
  }
  const search = isSet(searched)
    ? readSearch(reading, searched, { up: null, part: 'search' }, { ...context, ...rest, kind, coresSaid: saysCores(entries) })
    : null
  const name =
    meta === null || meta.batchName === null || meta.namespace === null ? null : { namespace: meta.namespace, batchName: meta.batchName }
  return {
    jobset:
      problems.failed || meta === null || name === null || kind === null
        ? null
        : { ...whole(kind), meta: { ...meta, ...name }, ...rest, ...(search === null ? {} : { search }) },
    problems: problems.located(text),
    name,
    draft: { text, options, kind, search, problems, placed },
  }
}

function saysCores(entries: ReadonlyMap<string, Entry> | null): boolean {
  const resources = entries?.get('resources')?.value
  return resources?.kind === 'map' && resources.entries.some(({ key, value }) => key === 'cores' && value.kind !== 'null')
}

function whole({ kind, initialize, jobs }: PartialKind): Pick<Jobset<FileRef>, 'kind' | 'initialize' | 'jobs'> {
  return {
    kind,
    initialize,
    jobs: jobs.flatMap(({ name, needs, ...rest }) => (name === null ? [] : [{ name, needs: [...new Set(needs)], ...rest }])),
  }
}
