// How a trial is started: its variables, and what its shell does before the command. Called by loop/keeper-desk.ts.
import { errorMessage } from '../../shared/base/errors.ts'
import type { TrialJob, TrialRules } from '../../shared/model/trial.ts'
import type { Answer } from '../../shared/trial/talk-back.ts'
import type { JobsetInfo, Work } from '../core/work.ts'
import type { Environment } from '../launcher/messages.ts'
import { interpreterOf } from './trial-interpreter.ts'
import { saveFolder, trialVariables } from './trial-place.ts'
import { answerPath, knownAnswer, type ProbedEnvironment, type ProbeRequest, probeLines } from './trial-probe.ts'

type Job = Extract<Work, { kind: 'job' }>

export interface StartFacts {
  /** the workspace */
  readonly w: string
  readonly answer: Answer
  /** it may need batchtools */
  readonly needs: boolean
  /** attempts/<id>, which is there */
  readonly attemptFolder: string
  /** where answers about this workspace's environments are kept */
  readonly answers: string
  /** of the agent; null: there is none, and nothing can be asked */
  readonly python: string | null
  /** PATH of the job */
  readonly path: string
  /** what runs a program inside of the jobset's image; empty where there is none */
  readonly container: readonly string[]
}

export interface TrialStart {
  readonly env: Environment
  /** lines for its shell; null = none */
  readonly probe: string | null
}

/** `bad_jobset` or `bad_path` for values that cannot be sent. */
export function startTrial(job: Job, trial: TrialJob, jobset: JobsetInfo, rules: TrialRules, facts: StartFacts): TrialStart {
  const folder = saveFolder(jobset.kind, facts.w)
  const variables = (delimiter: '*=' | '=') => trialVariables(job, trial, rules, delimiter, folder, facts.answer)
  const said = rules.delimiter === 'auto' ? '*=' : rules.delimiter
  if (!facts.needs || facts.python === null) return { env: variables(said), probe: null }
  const environment: ProbedEnvironment = {
    answers: facts.answers,
    setup: rules.setup,
    workdir: rules.workdir,
    interpreter: interpreterOf(job.run),
    container: facts.container,
    script: job.script?.sha256 ?? null,
    path: facts.path,
    said: rules.delimiter,
  }
  const known = knownAnswer(answerPath(environment))
  if (known !== null) return { env: variables(rules.delimiter === 'auto' ? (known.delimiter ?? said) : said), probe: null }
  const env = variables(said)
  const texts = [job.run ?? `${facts.w}/job.py`, ...job.args]
  const sent = Object.keys(env).filter((name) => name.includes('RUNTK'))
  const request: ProbeRequest = { texts, sent, ...oldForm(rules, variables) }
  return { env, probe: probeLines(facts.attemptFolder, facts.python, environment, request) }
}

function oldForm(rules: TrialRules, variables: (delimiter: '=') => Environment): Pick<ProbeRequest, 'old' | 'why'> {
  if (rules.delimiter !== 'auto') return { old: null, why: '' }
  try {
    const all = Object.entries(variables('='))
    return { old: Object.fromEntries(all.filter(([name]) => name.includes('RUNTK'))), why: '' }
  } catch (error) {
    return { old: null, why: errorMessage(error) }
  }
}
