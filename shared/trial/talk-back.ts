// How a batchtools job is told where its result goes, and what it must not inherit: a stray variable of another search would
// be read as a parameter, or make it connect elsewhere.
import { DistError } from '../base/errors.ts'

/** Where a trial's job answers. Paths are absolute. */
export type Answer =
  | { readonly kind: 'none' }
  | { readonly kind: 'socket'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  /** files `<label>.out` and `<label>.sgl` of the trial's folder; older ones must be gone before the start */
  | { readonly kind: 'filesystem'; readonly folder: string; readonly label: string }

const names: ReadonlySet<string> = new Set(['SOCNAME', 'MSGFILE', 'SGLFILE'])
/** for a trial only: their names may mean anything to another job */
const namesOfTrials: ReadonlySet<string> = new Set(['OUTFILE', 'JOBID', 'signal_file', 'write_file', 'socket_name'])
/** sun_path without its NUL */
const longestPath = 107

/** By a job, or more by a trial. batchtk takes every variable whose name has RUNTK in it, anywhere. */
export function isInheritedByMistake(variable: string, by: 'job' | 'trial'): boolean {
  return variable.includes('RUNTK') || names.has(variable) || (by === 'trial' && namesOfTrials.has(variable))
}

/** The files of `filesystem`, and where a script that cannot connect writes instead. */
export function answerFiles({ folder, label }: { readonly folder: string; readonly label: string }): {
  readonly message: string
  readonly signal: string
} {
  return { message: `${folder}/${label}.out`, signal: `${folder}/${label}.sgl` }
}

/** Throws `bad_path` for a socket whose path is too long. */
export function answerVariables(answer: Answer, jobId: string): Record<string, string> {
  switch (answer.kind) {
    case 'none':
      return { JOBID: jobId }
    case 'socket':
      // the form of Python's getsockname(): double quotes are not understood
      return { JOBID: jobId, SOCNAME: `('${answer.host}', ${answer.port})` }
    case 'unix':
      if (new TextEncoder().encode(answer.path).length > longestPath) {
        const hint = 'use a work folder with a shorter path'
        throw new DistError('bad_path', `the path of a socket has at most ${longestPath} bytes: ${answer.path}`, { hint })
      }
      return { JOBID: jobId, SOCNAME: answer.path }
    case 'filesystem': {
      const { message, signal } = answerFiles(answer)
      // OUTFILE for scripts of netpyne 1.0.7; signal_file for batchtk 0.0.1, whose own table lacks it
      return { JOBID: jobId, MSGFILE: message, SGLFILE: signal, OUTFILE: message, signal_file: signal }
    }
  }
}
