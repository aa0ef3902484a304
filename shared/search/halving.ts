// Successive halving (Jamieson and Talwalkar, 2016) as a state machine: many configurations with a small budget, the best
// 1/factor of them again with factor times the budget, and so on. Used by next-trial.ts.
//
//   ask -> a configuration and its budget | wait (the rung is not full) | done
//   tell -> the value of a configuration of the open rung, null when it failed: those are never promoted
//
// A rung closes when all of it is told. An extension is one more bracket, which begins when the last one is done.
import { assert } from '../base/assert.ts'
import type { Mode } from '../model/search.ts'
import { isBetter } from './best.ts'

export interface HalvingPlan {
  /** budget of the first rung and the most that any has */
  readonly least: number
  readonly most: number
  /** > 1: what a rung divides its number by and multiplies the budget with */
  readonly factor: number
  readonly mode: Mode
}

export interface Halving {
  readonly plan: HalvingPlan
  /** configurations of brackets that have not begun */
  readonly brackets: number[]
  /** number of the next fresh configuration */
  fresh: number
  rung: Rung | null
}

interface Rung {
  readonly budget: number
  readonly configs: readonly number[]
  /** of `configs`, how many were asked for */
  asked: number
  /** asked for or not, but not told */
  readonly missing: Set<number>
  readonly told: Map<number, number | null>
}

export type HalvingAnswer =
  | { readonly kind: 'run'; readonly config: number; readonly budget: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'done' }

export function newHalving(plan: HalvingPlan, blocks: readonly number[]): Halving {
  return { plan, brackets: [...blocks], fresh: 0, rung: null }
}

/** The next configuration to run. Changes `halving`. */
export function askHalving(halving: Halving): HalvingAnswer {
  if (halving.rung === null && !openBracket(halving)) return { kind: 'done' }
  const { rung } = halving
  const config = rung?.configs[rung.asked]
  if (rung === null || config === undefined) return { kind: 'wait' }
  rung.asked++
  return { kind: 'run', config, budget: rung.budget }
}

/** Takes the result of a configuration that is out. Changes `halving`. */
export function tellHalving(halving: Halving, config: number, value: number | null): void {
  const { rung } = halving
  assert(rung?.missing.delete(config) === true, `configuration ${config} is not out`)
  rung.told.set(config, value)
  if (rung.missing.size === 0) halving.rung = nextRung(halving.plan, rung)
}

/** Most trials that brackets of these sizes can take: fewer when configurations fail. */
export function halvingTotal(plan: HalvingPlan, blocks: readonly number[]): number {
  let total = 0
  for (const block of blocks) {
    let budget = plan.least
    for (let size = block; size > 0; size = Math.floor(size / plan.factor)) {
      total += size
      if (budget >= plan.most) break
      budget = grown(plan, budget)
    }
  }
  return total
}

function openBracket(halving: Halving): boolean {
  const size = halving.brackets.shift()
  if (size === undefined) return false
  const configs = Array.from({ length: size }, (_, index) => halving.fresh + index)
  halving.fresh += size
  halving.rung = newRung(halving.plan.least, configs)
  return true
}

/** Null when this rung was the last of its bracket. */
function nextRung(plan: HalvingPlan, { budget, configs, told }: Rung): Rung | null {
  if (budget >= plan.most) return null
  const good = [...told].flatMap(([config, value]) => (value === null ? [] : [{ config, value }]))
  good.sort((a, b) => (a.value === b.value ? a.config - b.config : isBetter(a.value, b.value, plan.mode) ? -1 : 1))
  const kept = good.slice(0, Math.floor(configs.length / plan.factor)).map(({ config }) => config)
  return kept.length === 0 ? null : newRung(grown(plan, budget), kept)
}

function newRung(budget: number, configs: readonly number[]): Rung {
  return { budget, configs, asked: 0, missing: new Set(configs), told: new Map() }
}

function grown(plan: HalvingPlan, budget: number): number {
  return Math.min(budget * plan.factor, plan.most)
}
