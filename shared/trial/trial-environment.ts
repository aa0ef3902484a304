// All that a trial's job gets in its environment beyond what every job gets. Pure: the agent sets it.
import { paramVariable } from '../model/param-variable.ts'
import type { Bookkeeping } from '../model/search.ts'
import type { Params } from '../model/value.ts'
import { bookkeepingParams } from './bookkeeping.ts'
import { type EnvDelimiter, runtkVariables } from './runtk.ts'
import { type Answer, answerVariables } from './talk-back.ts'
import { shownText } from './value-text.ts'

interface TrialPlace {
  /** the trial's output folder, absolute */
  readonly folder: string
  readonly label: string
  readonly jobId: string
  /** cores that were granted */
  readonly cores: number
  readonly answer: Answer
}

interface TrialKeys {
  readonly delimiter: EnvDelimiter
  readonly keys: Bookkeeping
}

/**
 * Added to an environment from which `isInheritedByMistake` names are gone. `constants`: the jobset's own `params`, which reach
 * the job as DIST_PARAM_* only. Throws `bad_jobset` for values that cannot be sent.
 */
export function trialEnvironment(params: Params, constants: Params, keys: TrialKeys, place: TrialPlace): Record<string, string> {
  const sent = [...params, ...bookkeepingParams(keys.keys, place)]
  return {
    ...runtkVariables(sent, keys.delimiter),
    ...Object.fromEntries([...constants, ...params].map(([name, value]) => [paramVariable(name), shownText(value)])),
    NSLOTS: String(place.cores),
    ...answerVariables(place.answer, place.jobId),
  }
}
