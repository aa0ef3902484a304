// Trials as a head gives them to a node: the rules of their search, and each job's own part, for tests against the fake head.
import type { TrialJob, TrialResult, TrialRules } from '../../shared/model/trial.ts'
import type { Params } from '../../shared/model/value.ts'
import { dialects } from '../../shared/trial/bookkeeping.ts'
import type { Assign } from '../../shared/wire/gen/dist/Assign.ts'
import type { Finished__Output } from '../../shared/wire/gen/dist/Finished.ts'

const usual: TrialRules = {
  commType: 'none',
  delimiter: '*=',
  keys: dialects.netpyne,
  metrics: [{ name: 'loss', mode: 'min' }],
  setup: null,
  workdir: null,
}

/** Fields of a Jobset message. */
export function trialRules(rules: Partial<TrialRules> = {}): { trial_rules_json: string } {
  return { trial_rules_json: JSON.stringify({ ...usual, ...rules } satisfies TrialRules) }
}

/** Fields of an Assign message. */
export function trialJob(number: number, params: Params = []): Pick<Assign, 'job_name' | 'trial_json'> {
  const label = `search_${String(number).padStart(5, '0')}`
  return { job_name: label, trial_json: JSON.stringify({ number, label, params } satisfies TrialJob) }
}

export function trialResult(result: Finished__Output): TrialResult {
  return JSON.parse(result.trial_json) as TrialResult
}
