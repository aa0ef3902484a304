// `dist add`: checks the jobset file, sends what the head lacks, submits; with --wait and --pull stays until the end.
import { statSync } from 'node:fs'
import { DistError } from '../../shared/base/errors.ts'
import { stepBack } from '../../shared/base/step-back.ts'
import type { SubmitMode } from '../../shared/model/submission.ts'
import type { Context } from '../context.ts'
import { namedJobsetFile } from '../local/jobset-file.ts'
import { exitCode } from '../program/exit-code.ts'
import { jobsetLabel } from '../render/labels.ts'
import { readyToSubmit, type SubmitFlags } from '../submit/ready-to-submit.ts'
import { submitFile } from '../submit/submit-file.ts'

/** of a jobset file: some 10 000 jobs */
const largeBytes = 1 << 20

export interface AddOptions extends SubmitFlags {
  readonly dry?: boolean
  readonly showCaps?: boolean
  readonly wait?: boolean
  readonly pull?: string
  readonly extend?: boolean
  readonly newVersion?: boolean
}

/**
 * --json: `{jobset, did: {kind, added, changed, unchanged}, sent: {files, bytes}}`; with --wait also `failures` as of
 * `dist wait`, with --pull also `pulled` as of `dist pull`. Exit status 1 when the jobset is there already, or with --wait
 * when a job did not succeed.
 */
export async function add(context: Context, name: string | undefined, options: AddOptions): Promise<number> {
  const mode = compileMode(options)
  if (isLarge(context, name)) stepBack()
  const ready = await readyToSubmit(context, name, options)
  if (options.dry === true) return (await import('./check.ts')).report(context, ready.prepared, options)
  const { jobset, did, sent } = await submitFile(context, ready, mode)
  const label = jobsetLabel(jobset)
  if (options.wait !== true && options.pull === undefined) {
    context.value({ jobset, did, sent })
    context.note(context.err.dim(`follow it with: dist wait ${label}`))
    return exitCode.done
  }
  const { followJobset } = await import('../local/follow-jobset.ts')
  const { reportOutcome } = await import('../local/report-outcome.ts')
  const report = await reportOutcome(context, await followJobset(context, jobset), options.pull ?? null)
  if (options.pull === undefined) {
    context.value({ ...report.value, did, sent })
    return report.code
  }
  const { pullInto } = await import('../fetch/pull-into.ts')
  const pulled = await pullInto(context, report.value.jobset, { saveDir: options.pull })
  context.value({ ...report.value, did, sent, pulled: pulled.value })
  return Math.max(report.code, pulled.code)
}

/** Seconds of work for two cores, in which somebody else may want an answer. */
function isLarge(context: Context, name: string | undefined): boolean {
  const stats = statSync(namedJobsetFile(context.io.cwd, name).path, { throwIfNoEntry: false })
  return stats !== undefined && stats.size > largeBytes
}

/** Also of `dist up`. Throws `usage`. */
export function compileMode({ extend, newVersion }: Pick<AddOptions, 'extend' | 'newVersion'>): SubmitMode {
  if (extend !== true) return newVersion === true ? 'version' : 'new'
  if (newVersion !== true) return 'extend'
  throw new DistError('usage', '--extend and --new-version exclude each other', {
    hint: '--extend adds to the jobset that is there, --new-version makes another one beside it',
  })
}
