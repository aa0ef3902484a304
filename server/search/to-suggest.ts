// A search and its trials in the words of docs/suggest-protocol.md. Pure.
import type { SearchSpec } from '../../shared/model/search.ts'
import type { TrialEnd } from '../../shared/model/trial.ts'
import { type Params, plain } from '../../shared/model/value.ts'
import type { SearchEffect } from '../../shared/search/search-step.ts'
import { suggestSpace } from '../../shared/search/suggested.ts'
import type { Json, Suggestion, SuggestSearch, TrialResult } from '../suggest/protocol.ts'

/** It stays the same from start to start, also when the search is extended. */
export function toSuggestSearch(spec: SearchSpec<unknown>, seed: number): SuggestSearch {
  const { params, algorithm, algorithmConfig, metrics, points, maxConcurrent, numSamples } = spec
  return {
    space: suggestSpace(params),
    algorithm,
    algorithm_config: algorithmConfig,
    seed,
    metrics: metrics.map(({ name }) => name),
    modes: metrics.map(({ mode }) => mode),
    points_to_evaluate: points.map((point) => searched(spec, point)),
    batch: maxConcurrent,
    budget: numSamples,
  }
}

export function toSuggestion(spec: SearchSpec<unknown>, trial: number, params: Params): Suggestion {
  return { trial, params: searched(spec, params) }
}

/** A penalty is told as one: what is bad depends on the metric's direction, which the program knows. */
export function toResult(
  { onFailure }: SearchSpec<unknown>,
  { trial, values }: SearchEffect & { kind: 'tell' },
  end: TrialEnd | undefined,
): TrialResult {
  if (values === null) return { trial, failed: true }
  return end?.kind !== 'reported' && onFailure.kind === 'penalty' ? { trial, penalty: onFailure.value } : { trial, values }
}

/** Constants are not searched. */
function searched({ params: space }: SearchSpec<unknown>, params: Params): Readonly<Record<string, Json>> {
  const constants = new Set(space.flatMap(({ name, domain }) => (domain.kind === 'constant' ? [name] : [])))
  return Object.fromEntries(params.flatMap(([name, value]) => (constants.has(name) ? [] : [[name, plain(value)] as const])))
}
