// `dist search run BATCH.py`: an unmodified search script of batchtools, with the head in the place of ray and of the submit side
// (docs/batchtools-protocol.md). Each search() of the script becomes a jobset, is followed, and gets its results.
import { resolve } from 'node:path'
import type { JobsetReply, SearchReply, TrialReply } from '../../shared/api/types.ts'
import type { JobsetWords } from '../../shared/config/jobset-text.ts'
import { shellQuoted } from '../../shared/trial/fill.ts'
import type { Context } from '../context.ts'
import { exitCode, exitCodeOf } from '../program/exit-code.ts'
import { reportError } from '../program/report-error.ts'
import { counted, jobsetLabel } from '../render/labels.ts'
import { followSearch } from '../scripted/follow-search.ts'
import { placeResults } from '../scripted/place-results.ts'
import type { ScriptCall } from '../scripted/script-call.ts'
import { leftNotices, type ScriptFlags, shippedFolder, wordsOf } from '../scripted/script-flags.ts'
import { ScriptProcess } from '../scripted/script-process.ts'
import { scriptedJobset } from '../scripted/scripted-jobset.ts'
import { findOrSubmit } from '../scripted/scripted-submit.ts'

export interface SearchRunOptions extends ScriptFlags {
  readonly detach?: boolean
  readonly newVersion?: boolean
}

/** ms for the script to end after Ctrl-C */
const grace = 3000

interface Run {
  readonly context: Context
  readonly script: string
  readonly options: SearchRunOptions
  /** what goes on with it when typed */
  readonly again: string
  readonly words: Omit<JobsetWords, 'entries' | 'emptyFolders'>
  /** for --json */
  readonly done: { readonly jobset: JobsetReply; readonly search: SearchReply | null }[]
}

/** --json: `{searches: [{jobset, search}]}`. Exit status: the script's, 1 when a search failed, 130 after Ctrl-C. */
export async function searchRun(context: Context, script: string, args: readonly string[], options: SearchRunOptions): Promise<number> {
  const run: Run = { context, script, options, again: againLine(script, args, options), words: wordsOf(options), done: [] }
  const python = options.python ?? 'python3'
  const { cwd, env } = context.io
  const child = new ScriptProcess({ python, script, args, cwd, env, output: context.json ? 'stderr' : 'terminal' })
  // a script that waits in search() is told and ends by itself; one that does anything else has to be
  const stop = (): void => void setTimeout(() => child.stop(), grace).unref()
  context.signal.addEventListener('abort', stop, { once: true })
  let worst: number = exitCode.done
  try {
    for await (const call of child.calls()) worst = Math.max(worst, await answer(run, child, call))
    const { code } = await child.ended
    context.signal.throwIfAborted()
    context.value({ searches: run.done })
    return Math.max(code, worst)
  } catch (error) {
    if (!context.signal.aborted) child.stop()
    // what it printed before is still on its way
    await child.ended.catch(() => undefined)
    throw error
  } finally {
    context.signal.removeEventListener('abort', stop)
  }
}

/** Answers one call, in any case; the exit status that it means. */
async function answer(run: Run, child: ScriptProcess, call: ScriptCall): Promise<number> {
  const { context } = run
  try {
    return await search(run, child, call)
  } catch (error) {
    const status = exitCodeOf(error, context.signal)
    const interrupted = status === exitCode.interrupted
    await child.answer(call.id, interrupted ? { kind: 'detached' } : { kind: 'refused', status })
    if (interrupted) throw error
    reportError(error, context.io, { json: context.json, verbose: context.verbose, colour: context.err.isColorSupported })
    return status
  }
}

async function search(run: Run, child: ScriptProcess, call: ScriptCall): Promise<number> {
  const { context, options, script, again } = run
  const shipped = shippedFolder(call, options)
  const scripted = scriptedJobset(call, shipped, run.words, script)
  for (const notice of [...call.notices, ...scripted.notices, ...leftNotices(shipped)]) context.note(`note: ${notice}`)
  const finding = { script: resolve(context.io.cwd, script), mayContinue: call.mayContinue, newVersion: options.newVersion === true }
  const { jobset, isNew } = await findOrSubmit(context, scripted, finding)
  const label = jobsetLabel(jobset)
  if (!isNew) await goOn(context, jobset)
  if (options.detach === true) {
    context.note(`${label} goes on without this script; its results: ${again}, or dist results ${label}`)
    run.done.push({ jobset, search: null })
    await child.answer(call.id, { kind: 'detached' })
    return exitCode.done
  }
  const tellDetached = (): void =>
    context.note(`\n${label} goes on; back to it with: ${again}\nor look at it: dist wait ${label}, dist results ${label}`)
  context.signal.addEventListener('abort', tellDetached, { once: true })
  try {
    const followed = await followSearch(context, jobset, (trials) => child.answer(call.id, { kind: 'trials', trials: trials.map(row) }))
    const isWhole = await placeResults(context, followed.jobset, call)
    run.done.push(followed)
    const code = report(context, followed, call)
    await child.answer(call.id, { kind: 'done', state: followed.search.reason, problem: followed.search.problem })
    return isWhole ? code : exitCode.failed
  } finally {
    context.signal.removeEventListener('abort', tellDetached)
  }
}

function againLine(
  script: string,
  args: readonly string[],
  { python, setup, capabilities, resources, namespace }: SearchRunOptions,
): string {
  const flags = Object.entries({ python, setup, capabilities, resources, namespace }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  )
  const words = [script, ...flags, ...(args.length === 0 ? [] : ['--', ...args])]
  return `dist search run ${words.map((word) => (/^[\w@%+=:,./~-]+$/.test(word) ? word : shellQuoted(word))).join(' ')}`
}

/** What batchtools does when a script is run again: what failed is tried again, what is done stays. */
async function goOn(context: Context, jobset: JobsetReply): Promise<void> {
  const head = await context.head()
  const { state, reason, counts, total } = await context.patiently('change', () => head.searches.search(jobset.id, context.signal))
  const label = jobsetLabel(jobset)
  const done = Object.values(counts).reduce((sum, count) => sum + count, 0)
  if (state !== 'done') return context.note(`${label} is on the head already, with ${done} of ${total} trials done: going on with it`)
  if (counts.reported === done && reason !== 'failed') return context.note(`${label} is complete already`)
  const { trials } = await context.patiently('change', () => head.searches.retry(jobset.id, context.signal))
  context.note(`${label} was there with ${done - counts.reported} of ${counted(total, 'trial')} without a result: ${trials} are run again`)
}

/** The trial for the script's side; numbers of a report stay text there. */
function row(trial: TrialReply): Readonly<Record<string, unknown>> {
  const { startedAt, finishedAt, report, ...rest } = trial
  const seconds = startedAt === null || finishedAt === null ? null : (finishedAt - startedAt) / 1000
  return { ...rest, report: report === null ? null : { text: report.text }, seconds }
}

function report(
  context: Context,
  { search, jobset }: { readonly search: SearchReply; readonly jobset: JobsetReply },
  call: ScriptCall,
): number {
  const { counts, best, metrics, problem, reason } = search
  const done = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const bad = Object.entries(counts).flatMap(([kind, count]) => (kind === 'reported' || count === 0 ? [] : [`${count} ${kind}`]))
  const text = `${counts.reported} of ${counted(done, 'trial')} reported${bad.length === 0 ? '' : ` (${bad.join(', ')})`}`
  const found =
    best === null ? '' : `, best ${metrics.map(({ name }, index) => `${name} ${best.values[index]}`).join(', ')} in ${best.label}`
  context.note(`${jobsetLabel(jobset)}: ${text}${found}; results in ${call.label}.csv and ${call.outputPath}`)
  if (problem !== null) context.warn(problem.message, problem.hint ?? undefined)
  return reason === 'failed' || counts.reported < done ? exitCode.failed : exitCode.done
}
