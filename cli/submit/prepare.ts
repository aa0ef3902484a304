// Reads and checks a jobset file, as `dist add` and `dist check` both do: every problem at once, on stderr.
import { dirname } from 'node:path'
import { checkFiles } from '../../shared/config/check-files.ts'
import { formatProblems } from '../../shared/config/format-problems.ts'
import { parseJobset } from '../../shared/config/parse-jobset.ts'
import type { Problem } from '../../shared/config/problem.ts'
import type { Jobset, LocalFile } from '../../shared/model/jobset.ts'
import type { Context } from '../context.ts'
import { namedJobsetFile, readJobsetFile } from '../local/jobset-file.ts'
import { counted } from '../render/labels.ts'
import { ReportedError } from '../reported-error.ts'
import { sources } from './hash-inputs.ts'

export interface Prepared {
  readonly jobset: Jobset<LocalFile>
  readonly text: string
  /** as the person named the file */
  readonly shown: string
  /** warnings and notices */
  readonly problems: readonly Problem[]
}

/** Throws `bad_jobset` when there is an error; the problems are told then. Notices are told unless --quiet. */
export function prepare(context: Context, name: string | undefined): Prepared {
  const file = namedJobsetFile(context.io.cwd, name)
  const text = readJobsetFile(file)
  const { jobset, problems } = checkFiles(parseJobset(text, { file: file.shown, folder: dirname(file.path) }))
  const errors = problems.filter((problem) => problem.severity === 'error').length
  const message = `${file.shown}: ${counted(errors, 'error')}, nothing was sent`
  if (context.json && jobset === null) {
    context.io.stderr.write(`${JSON.stringify({ error: { code: 'bad_jobset', message, problems } })}\n`)
    throw new ReportedError('bad_jobset', message)
  }
  const told = context.quiet ? problems.filter((problem) => problem.severity !== 'notice') : problems
  context.io.stderr.write(formatProblems(told, text, file.shown, { colour: context.err.isColorSupported }))
  if (jobset !== null) return { jobset, text, shown: file.shown, problems }
  context.io.stderr.write(`${context.err.red('dist:')} ${message}\n`)
  throw new ReportedError('bad_jobset', message)
}

/** Distinct files on disk that the jobset names. */
export function countFiles(jobset: Jobset<LocalFile>): number {
  return sources(jobset).size
}
