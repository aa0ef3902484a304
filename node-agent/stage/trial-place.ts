// What a trial is given on this node: its environment and the file of its parameters. Called by trial-start.ts and loop/staging.ts.
import type { TrialJob, TrialRules } from '../../shared/model/trial.ts'
import { type Params, typed } from '../../shared/model/value.ts'
import { parseParams } from '../../shared/run/params.ts'
import type { EnvDelimiter } from '../../shared/trial/runtk.ts'
import type { Answer } from '../../shared/trial/talk-back.ts'
import { trialEnvironment } from '../../shared/trial/trial-environment.ts'
import { paramsJson } from '../../shared/trial/value-text.ts'
import type { Work } from '../core/work.ts'
import type { Environment } from '../launcher/messages.ts'

type Job = Extract<Work, { kind: 'job' }>

/** Where the job finds distribute_save: in a container it has a path of its own. */
export function saveFolder(kind: string, w: string): string {
  return kind === 'apptainer' ? '/distribute_save' : `${w}/distribute_save`
}

/** `folder`: as of saveFolder. `bad_jobset` or `bad_path` for what cannot be sent. */
export function trialVariables(
  job: Job,
  trial: TrialJob,
  rules: TrialRules,
  delimiter: EnvDelimiter,
  folder: string,
  answer: Answer,
): Environment {
  const place = { folder, label: trial.label, jobId: job.id, cores: job.cores, answer }
  return trialEnvironment(trial.params, constants(job, trial), { delimiter, keys: rules.keys }, place)
}

/** Text of input/params.json: the trial's values, and of the jobset's own parameters those of other names. */
export function trialParams(job: Job, trial: TrialJob): string {
  return paramsJson([...constants(job, trial), ...trial.params])
}

function constants(job: Job, trial: TrialJob): Params {
  if (job.params === null) return []
  const own = new Set(trial.params.map(([name]) => name))
  return Object.entries(parseParams(job.params)).flatMap(([name, value]) => (own.has(name) ? [] : [[name, typed(value)] as const]))
}
