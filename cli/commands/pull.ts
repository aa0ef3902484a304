// `dist pull`: fetches committed results, or with --dry lists what would be fetched.
import { resolve } from 'node:path'
import type { JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { checkedBatch, type Wanted } from '../fetch/checked-manifest.ts'
import { listResults } from '../fetch/list-results.ts'
import { makePathFilter, readWords } from '../fetch/path-filter.ts'
import { pullInto } from '../fetch/pull-into.ts'
import { type Present, SaveFolder } from '../fetch/save-folder.ts'
import { type SelectOptions, select } from '../fetch/selection.ts'
import { resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'
import { oneLine } from '../render/text-width.ts'

export interface PullOptions {
  readonly saveDir: string
  readonly dry?: boolean
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly skipFolders?: boolean
  readonly logs?: boolean
  readonly attempts?: boolean
  readonly follow?: boolean
  readonly jobs?: string
}

/**
 * --json: `{jobset, folder, jobs, attempts, fetched, present, filtered, removed, bad, buildOutputs}`; with --dry
 * `{jobset, folder, included, filtered}`, where `included` has `{path, size, state}` and state is absent, different or same.
 */
export async function pull(context: Context, text: string | undefined, words: readonly string[], options: PullOptions): Promise<number> {
  const { include = [], exclude = [] } = options
  const name = readWords(text, words, include, exclude)
  const filter = include.length + exclude.length > 0 ? makePathFilter(include, exclude) : null
  const parallel = options.jobs === undefined ? {} : { parallel: parallelOf(options.jobs) }
  const isDry = options.dry === true
  if (isDry && options.follow === true)
    throw new DistError('usage', '--dry and --follow do not go together', { hint: 'leave one of them out' })
  const { jobset } = await resolveTarget(context, 'change', name, 'jobset')
  const { saveDir } = options
  const selection = { filter, skipFolders: options.skipFolders === true, logs: options.logs === true }
  const attempts = options.attempts === true
  if (isDry) return list(context, jobset, saveDir, selection, attempts)
  const pulled = await pullInto(context, jobset, { saveDir, ...selection, attempts, follow: options.follow === true, ...parallel })
  context.value({ jobset: pulled.jobset, ...pulled.value })
  return pulled.code
}

const mostParallel = 64

function parallelOf(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= mostParallel) return number
  throw new DistError('usage', `--jobs ${text} is no number of transfers`, { hint: `write a number from 1 to ${mostParallel}` })
}

interface Included {
  readonly path: string
  readonly size: number
  readonly state: Present
}

async function list(context: Context, jobset: JobsetReply, saveDir: string, selection: SelectOptions, attempts: boolean): Promise<number> {
  const folder = new SaveFolder(resolve(context.io.cwd, saveDir), checkedBatch(jobset.batch))
  const included: Included[] = []
  const filtered: string[] = []
  for await (const { items } of listResults(context, await context.head(), jobset, { since: null, attempts, stakes: 'change' })) {
    const wants = select(selection, items)
    // the first is the job's own folder
    for (const item of items.slice(1)) {
      const path = item.kind === 'folder' ? `${item.path}/` : item.path
      if (!wants(item)) filtered.push(path)
      else included.push({ path, size: item.kind === 'file' ? item.size : 0, state: await stateOf(context, folder, item) })
    }
  }
  context.value({ jobset, folder: folder.root, included, filtered })
  context.print('included:')
  for (const { path, state } of included) context.print(`\t${oneLine(path)}${state === 'same' ? context.out.dim(' (there already)') : ''}`)
  if (filtered.length > 0 || selection.filter !== null) context.print('filtered:')
  for (const path of filtered) context.print(`\t${oneLine(path)}`)
  const fetch = included.filter(({ path, state }) => state !== 'same' && !path.endsWith('/'))
  const bytes = fetch.reduce((sum, file) => sum + file.size, 0)
  context.print(`${jobsetLabel(jobset)}: ${counted(fetch.length, 'file')} to fetch, ${formatBytes(bytes)}`)
  return exitCode.done
}

async function stateOf(context: Context, folder: SaveFolder, item: Wanted): Promise<Present> {
  switch (item.kind) {
    case 'file':
      return folder.compare(item, context.signal)
    case 'folder':
      return folder.hasFolder(item.path) ? 'same' : 'absent'
    case 'link':
      return folder.hasLink(item.path, item.target) ? 'same' : 'absent'
  }
}
