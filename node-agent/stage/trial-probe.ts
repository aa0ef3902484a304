// The look at batchtools before the first trial of a search in an environment: asked of python/trial_probe.py by the trial's own
// shell, after `setup`. What was found good once is kept beside the workspace, and costs the later trials nothing.
// Called by trial-start.ts, and by judge.ts for its verdict.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../shared/base/package-info.ts'
import type { Delimiter } from '../../shared/model/search.ts'
import type { TrialResult } from '../../shared/model/trial.ts'
import { shellQuoted } from '../../shared/trial/fill.ts'
import type { EnvDelimiter } from '../../shared/trial/runtk.ts'
import type { Environment } from '../launcher/messages.ts'

/** What makes an environment: an answer is good for trials that have all of it in common. */
export interface ProbedEnvironment {
  /** where answers of this workspace are kept */
  readonly answers: string
  readonly setup: string | null
  readonly workdir: string | null
  /** a word of the shell; empty: nobody knows it (trial-interpreter.ts), and nothing is asked */
  readonly interpreter: string
  /** in front of the interpreter, where it is in a container */
  readonly container: readonly string[]
  /** content of the script */
  readonly script: string | null
  readonly path: string
  readonly said: Delimiter
}

export interface ProbeRequest {
  /** the command and its arguments: names of Python files in them are looked into */
  readonly texts: readonly string[]
  /** variables that are sent, by name */
  readonly sent: readonly string[]
  /** the same for batchtk before 0.0.2; null where it cannot be sent them, for the reason `why` */
  readonly old: Environment | null
  readonly why: string
}

const fileName = 'broken.json'

/** Where the answer for an environment is, or will be. */
export function answerPath(environment: ProbedEnvironment): string {
  const { answers, ...rest } = environment
  return join(answers, `${createHash('sha256').update(JSON.stringify(rest)).digest('hex').slice(0, 32)}.json`)
}

/** Null while nobody has looked; `delimiter` null where none is needed. */
export function knownAnswer(path: string): { readonly delimiter: EnvDelimiter | null } | null {
  try {
    const { delimiter } = JSON.parse(readFileSync(path, 'utf8')) as { delimiter?: unknown }
    return { delimiter: delimiter === '*=' || delimiter === '=' ? delimiter : null }
  } catch {
    return null
  }
}

/** Lines for the trial's shell. `attemptFolder` is there; `python` is our own interpreter, not the trial's. */
export function probeLines(attemptFolder: string, python: string, environment: ProbedEnvironment, request: ProbeRequest): string {
  const path = join(attemptFolder, 'probe.json')
  const { container, said } = environment
  const files = { answer: answerPath(environment), verdict: join(attemptFolder, fileName) }
  writeFileSync(path, JSON.stringify({ ...request, ...files, container, said }))
  const program = [python, '-S', '-E', '-X', 'utf8', join(packageRoot(), 'python', 'trial_probe.py'), path].map(shellQuoted)
  return `dist_probe=$(${program.join(' ')} ${environment.interpreter}) || exit $?\neval "$dist_probe"; unset dist_probe`
}

/** No trial can work in this environment; null where nothing of that was found. */
export function readVerdict(attemptFolder: string): TrialResult['broken'] {
  const path = join(attemptFolder, fileName)
  if (!existsSync(path)) return null
  try {
    const { message, hint } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    return { message: String(message), hint: String(hint) }
  } catch {
    return null
  }
}
