// What `algorithm_config` says to successive halving: {budget: NAME, min: 1, max: 81, factor: 3}. Checked by the reader of
// jobset files, compiled here.

import type { ParamValue } from '../model/options.ts'
import type { SearchSpec } from '../model/search.ts'
import type { HalvingPlan } from './halving.ts'

type Config = Readonly<Record<string, ParamValue>>

/** Name of the parameter that carries the budget. */
export function budgetName({ algorithmConfig }: Pick<SearchSpec<unknown>, 'algorithmConfig'>): string {
  const { budget } = algorithmConfig
  return typeof budget === 'string' ? budget : 'budget'
}

export function halvingPlan({ algorithmConfig: config, metrics }: Pick<SearchSpec<unknown>, 'algorithmConfig' | 'metrics'>): HalvingPlan {
  return {
    least: amount(config, 'min', 1),
    most: amount(config, 'max', 1),
    factor: amount(config, 'factor', 3),
    mode: metrics[0]?.mode ?? 'min',
  }
}

/** The first thing that is wrong with it, or null. */
export function halvingProblem(config: Config): { readonly key: string; readonly message: string; readonly hint: string } | null {
  for (const key of Object.keys(config)) {
    if (!['budget', 'min', 'max', 'factor'].includes(key)) {
      return { key, message: `halving has no '${key}'`, hint: 'known are budget, min, max and factor' }
    }
  }
  if (config['budget'] !== undefined && (typeof config['budget'] !== 'string' || config['budget'] === '')) {
    return { key: 'budget', message: 'it must be the name of a parameter', hint: 'budget: steps, which the job reads like the others' }
  }
  for (const key of ['min', 'max', 'factor']) {
    const value = config[key]
    if (value === undefined && key === 'max') {
      return { key, message: 'halving needs the largest budget', hint: 'algorithm_config: {budget: steps, min: 1, max: 81, factor: 3}' }
    }
    const least = key === 'factor' ? 1 : 0
    if (value !== undefined && (typeof value !== 'number' || value <= least)) {
      return { key, message: `it must be a number above ${least}`, hint: `${key}: ${key === 'factor' ? 3 : 81}` }
    }
  }
  const { least, most } = halvingPlan({ algorithmConfig: config, metrics: [] })
  return least <= most ? null : { key: 'max', message: `min is ${least} and max is ${most}`, hint: 'swap them' }
}

function amount(config: Config, key: string, otherwise: number): number {
  const value = config[key]
  return typeof value === 'number' ? value : otherwise
}
