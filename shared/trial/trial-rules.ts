// What of a search every node that runs its trials must know. Pure: the head sends it with the jobset.
import type { SearchSpec } from '../model/search.ts'
import type { TrialRules } from '../model/trial.ts'

export function trialRules({ commType, batchtk, metrics, setup, workdir }: SearchSpec<unknown>): TrialRules {
  return { commType, delimiter: batchtk.delimiter, keys: batchtk.keys, metrics, setup, workdir }
}
