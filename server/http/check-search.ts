// What a schema cannot say about a search that is being submitted. The command line told all this with lines and carets.
import { jobNameProblem, nameProblem } from '../../shared/config/name-rule.ts'
import { pathProblem } from '../../shared/files/safe-path.ts'
import type { Domain } from '../../shared/model/domain.ts'
import type { JobsetSpec } from '../../shared/model/jobset.ts'
import { isAdaptive, isNative } from '../../shared/model/search.ts'
import { budgetName, halvingProblem } from '../../shared/search/halving-config.ts'
import { trialLabel } from '../../shared/search/names.ts'
import { mostTrials } from '../../shared/search/space.ts'
import { choicesProblem } from '../../shared/search/suggested.ts'
import { trialCount } from '../../shared/search/trial-count.ts'
import { paramProblems } from '../../shared/trial/param-problems.ts'

/** Calls back with everything that is wrong, in the order of docs/search.md. */
export function checkSearch({ kind, meta, search, bundle }: JobsetSpec, refuse: (place: string, problem: string | null) => void): void {
  if (search === undefined) return
  refuse('bundle', bundle === undefined ? null : 'a search cannot run elsewhere')
  const { label, command, script, workdir, params, algorithm, algorithmConfig, batchtk, options } = search
  refuse('search.label', nameProblem(label) ?? jobNameProblem(trialLabel(label, 0), meta.batchName))
  const runs = (command === null ? 0 : 1) + (script === null ? 0 : 1)
  refuse('search', runs !== (kind === 'apptainer' ? 0 : 1) ? `it does not say what a trial of the kind ${kind} runs` : null)
  refuse('search.file', script !== null && kind !== 'python' ? `does not go with the kind ${kind}` : null)
  if (script !== null) refuse('search.file', pathProblem(script.name))
  refuse('search.workdir', workdir === null ? null : pathProblem(workdir))
  const budget = algorithm === 'halving' ? [budgetName(search)] : []
  const names = [...params.map(({ name }) => name), ...Object.keys(options.params), ...budget]
  const reserved = batchtk.keys.map(([name]) => name)
  refuse('search.params', paramProblems(names, batchtk.delimiter, reserved)[0]?.message ?? null)
  if (algorithm === 'halving') refuse('search.algorithm_config', halvingProblem(algorithmConfig)?.message ?? null)
  for (const { name, domain } of params) refuse(`search.params.${name}`, domainProblem(domain))
  refuse('search.params', isNative(algorithm) ? null : choicesProblem(params))
  refuse('search.metric', isAdaptive(algorithm) && search.metrics.length === 0 ? `${algorithm} needs a metric to go by` : null)
  if (algorithm === 'halving' && halvingProblem(algorithmConfig) !== null) return
  const trials = trialCount(search)
  refuse(
    'search',
    trials > mostTrials
      ? `it has ${trials.toLocaleString('en')} trials, and at most ${mostTrials.toLocaleString('en')} are possible`
      : null,
  )
}

function domainProblem(domain: Domain): string | null {
  if (domain.kind !== 'float' && domain.kind !== 'int') return null
  if (domain.low > domain.high) return `low is ${domain.low} and high is ${domain.high}`
  return domain.log && domain.low <= 0 ? `a logarithm needs a low above 0, not ${domain.low}` : null
}
