// `dist search extend X --num-samples +N`: more trials; with -f only where the file still has the parameters of the search.
import { dirname } from 'node:path'
import type { SearchReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { SearchParam } from '../../shared/model/domain.ts'
import type { Context } from '../context.ts'
import { namedJobsetFile, readJobsetFile } from '../local/jobset-file.ts'
import { resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'
import { oneLine } from '../render/text-width.ts'
import { endedTrials } from '../results/search-text.ts'
import { spaceDiff } from '../results/space-diff.ts'

export interface ExtendOptions {
  readonly numSamples: string
  readonly file?: string
  readonly force?: boolean
}

/** --json: the API's `search` reply. Exit status 2 where the space was changed. */
export async function extendSearch(context: Context, text: string | undefined, options: ExtendOptions): Promise<number> {
  const samples = compileSamples(options.numSamples)
  const wanted = options.file === undefined ? null : await readSpace(context, options.file)
  const { jobset } = await resolveTarget(context, 'change', text ?? options.file, 'jobset')
  const { searches } = await context.head()
  const label = jobsetLabel(jobset)
  if (wanted !== null) {
    const { params } = await context.patiently('change', () => searches.space(jobset.id, context.signal))
    const lines = spaceDiff(params, wanted)
    if (lines.length > 0 && options.force !== true) throw refused(context, label, options.file ?? '', lines)
    if (lines.length > 0) context.warn(`${label} keeps the parameters that it has, not those of ${options.file}`)
  }
  const search = await extendOnce(context, jobset.id, samples, label)
  context.value(search)
  context.print(`${label}: ${counted(search.total, 'trial')} in all, ${endedTrials(search)} of them done`)
  context.note(context.err.dim(`follow it with: dist results ${label} --watch`))
  return exitCode.done
}

/** Not repeated when the answer is lost: it might be added twice. */
async function extendOnce(context: Context, jobset: number, samples: number, label: string): Promise<SearchReply> {
  const { searches } = await context.head()
  try {
    return await searches.extend(jobset, samples, context.signal)
  } catch (error) {
    if (!(error instanceof DistError) || error.code !== 'unreachable') throw error
    const message = `the head went away before it answered; whether ${label} was extended is not known (${error.message})`
    throw new DistError('unreachable', message, { hint: `look before you type it again: dist search show ${label}`, cause: error })
  }
}

function compileSamples(text: string): number {
  if (/^\+?[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new DistError('usage', `--num-samples ${text} is no number of further samples`, { hint: 'write for example --num-samples +100' })
}

/** The parameters of a jobset file. */
async function readSpace(context: Context, name: string): Promise<readonly SearchParam[]> {
  const file = namedJobsetFile(context.io.cwd, name)
  const { parseJobset } = await import('../../shared/config/parse-jobset.ts')
  const { jobset } = parseJobset(readJobsetFile(file), { file: file.shown, folder: dirname(file.path) })
  if (jobset?.search !== undefined) return jobset.search.params
  throw new DistError('bad_jobset', `${file.shown} has no search, or one with errors`, {
    hint: `see what is wrong with it: dist check ${file.shown}`,
  })
}

/** The difference is the answer; the error says what to do. */
function refused(context: Context, label: string, file: string, lines: readonly string[]): DistError {
  context.print(`${label} and ${file} differ:`)
  for (const line of lines) context.print((line.startsWith('-') ? context.out.red : context.out.green)(oneLine(line)))
  const told = context.json ? `: ${lines.join(' | ')}` : ''
  return new DistError('bad_jobset', `${file} has other parameters than ${label}${told}`, {
    hint: 'submit it as another search with dist add --new-version, or go on with the old parameters with --force',
  })
}
