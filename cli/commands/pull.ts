// `dist pull`: fetches committed results, or with --dry lists what would be fetched.
import { resolve } from 'node:path'
import type { JobsetReply } from '../../shared/api/types.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { checkedBatch } from '../fetch/checked-manifest.ts'
import { makePathFilter, type PathFilter, readWords } from '../fetch/path-filter.ts'
import { pullInto } from '../fetch/pull-into.ts'
import { eachResult } from '../fetch/pull-jobset.ts'
import { SaveFolder } from '../fetch/save-folder.ts'
import { resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'
import { oneLine } from '../render/text-width.ts'

export interface PullOptions {
  readonly saveDir: string
  readonly dry?: boolean
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly skipFolders?: boolean
}

/**
 * --json: `{jobset, folder, jobs, fetched, present, filtered, bad, buildOutputs}`; with --dry `{jobset, folder, included,
 * filtered}`, where `included` has `{path, size, state}` and state is absent, different or same.
 */
export async function pull(context: Context, text: string | undefined, words: readonly string[], options: PullOptions): Promise<number> {
  const name = readWords(text, words, options.include, options.exclude)
  const hasFilter = options.include.length + options.exclude.length > 0
  const filter = hasFilter ? makePathFilter(options.include, options.exclude) : null
  const { jobset } = await resolveTarget(context, 'change', name, 'jobset')
  if (options.dry === true) return list(context, jobset, options.saveDir, filter)
  const pulled = await pullInto(context, jobset, { saveDir: options.saveDir, filter, skipFolders: options.skipFolders === true })
  context.value({ jobset, ...pulled.value })
  return pulled.code
}

async function list(context: Context, jobset: JobsetReply, saveDir: string, filter: PathFilter | null): Promise<number> {
  const folder = new SaveFolder(resolve(context.io.cwd, saveDir), checkedBatch(jobset.batch))
  const included: { path: string; size: number; state: string }[] = []
  const filtered: string[] = []
  for await (const wanted of eachResult(context, await context.head(), jobset)) {
    for (const item of wanted) {
      if (item.kind === 'folder' || item.kind === 'removed') continue
      if (filter !== null && !filter(item.path)) filtered.push(item.path)
      else if (item.kind === 'file') included.push({ path: item.path, size: item.size, state: folder.compare(item) })
      else included.push({ path: item.path, size: 0, state: 'absent' })
    }
  }
  context.value({ jobset, folder: folder.root, included, filtered })
  context.print('included:')
  for (const { path, state } of included) context.print(`\t${oneLine(path)}${state === 'same' ? context.out.dim(' (there already)') : ''}`)
  if (filter !== null) context.print('filtered:')
  for (const path of filtered) context.print(`\t${oneLine(path)}`)
  const fetch = included.filter((file) => file.state !== 'same')
  const bytes = fetch.reduce((sum, file) => sum + file.size, 0)
  context.print(`${jobsetLabel(jobset)}: ${counted(fetch.length, 'file')} to fetch, ${formatBytes(bytes)}`)
  return exitCode.done
}
