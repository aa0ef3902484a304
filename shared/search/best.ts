// The best trial so far and the Pareto front, kept up to date result by result. What is best never depends on the order in which
// results arrive: of equals, the trial with the lower number.
import type { Metric, Mode } from '../model/search.ts'

/** `values`: one finite number for each metric. */
export interface Scored {
  readonly trial: number
  readonly values: readonly number[]
}

/** True when `a` is better than `b`. */
export function isBetter(a: number, b: number, mode: Mode): boolean {
  return mode === 'min' ? a < b : a > b
}

/** The better of two by their first metric. */
export function best(a: Scored | null, b: Scored, metrics: readonly Metric[]): Scored {
  const mode = metrics[0]?.mode ?? 'min'
  const [was, is] = [a?.values[0], b.values[0]]
  if (a === null || was === undefined || is === undefined) return a ?? b
  if (isBetter(is, was, mode)) return b
  return is === was && b.trial < a.trial ? b : a
}

/** At least as good in every metric and better in one. */
export function dominates(a: readonly number[], b: readonly number[], metrics: readonly Metric[]): boolean {
  let better = false
  for (const [index, { mode }] of metrics.entries()) {
    const [left, right] = [a[index], b[index]]
    if (left === undefined || right === undefined || isBetter(right, left, mode)) return false
    better ||= isBetter(left, right, mode)
  }
  return better
}

/** The front with one more trial: those that no other dominates, by number; equal ones stay side by side. */
export function withFront(front: readonly Scored[], one: Scored, metrics: readonly Metric[]): readonly Scored[] {
  if (front.some(({ trial, values }) => trial !== one.trial && dominates(values, one.values, metrics))) return front
  const rest = front.filter(({ trial, values }) => trial !== one.trial && !dominates(one.values, values, metrics))
  const at = rest.findLastIndex(({ trial }) => trial < one.trial) + 1
  rest.splice(at, 0, one)
  return rest
}

/** The front of many. */
export function paretoFront(scored: Iterable<Scored>, metrics: readonly Metric[]): readonly Scored[] {
  let front: readonly Scored[] = []
  for (const one of scored) front = withFront(front, one, metrics)
  return front
}
