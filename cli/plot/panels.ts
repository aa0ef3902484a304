// The panels that there are: best so far, something against a metric, and the Pareto front. Pure.
import type { Metric } from '../../shared/model/search.ts'
import { isBetter, paretoFront } from '../../shared/search/best.ts'
import { type Axis, axisFor, countAxis, namesAxis } from './axis.ts'
import { crosses, dots, type Point, ring, steps } from './marks.ts'
import type { Panel, ToPixels } from './panel.ts'
import type { PlotData, PlotParam, PlotTrial } from './plot-data.ts'

const blue = '#2166ac'
const orange = '#d95f02'
const grey = '#9aa5b1'
const red = '#b2182b'
/** from the first trials to the last */
const shades = ['#a9cbe8', '#7fb0db', '#5793c9', '#3577b3', '#1c5a96', '#0b3d70'] as const

type Scored = PlotTrial & { readonly values: readonly number[] }
const scoredOf = (trials: readonly PlotTrial[]): readonly Scored[] =>
  trials.flatMap((trial) => (trial.values === null ? [] : [{ ...trial, values: trial.values }]))
const measured = ({ values }: Scored, metric: number): number => values[metric] ?? Number.NaN

/** Each trial's value, and the best of all up to it; trials without a result are crosses at the lower edge. */
export function bestSoFar({ trials }: PlotData, metrics: readonly Metric[], metric: number): Panel {
  const { name, mode } = metrics[metric] ?? { name: '', mode: 'min' }
  const scored = scoredOf(trials)
  const x = countAxis(trials[0]?.trial ?? 0, trials.at(-1)?.trial ?? 0)
  const y = axisFor(scored.map((trial) => measured(trial, metric)))
  const best: Point[] = []
  let top: number | null = null
  for (const trial of scored) {
    const value = measured(trial, metric)
    if (top !== null && !isBetter(value, top, mode)) continue
    top = value
    best.push({ x: x.place(trial.trial), y: y.place(value) })
  }
  const last = best.at(-1)
  const end = last === undefined ? [] : [{ x: x.place(trials.at(-1)?.trial ?? 0), y: last.y }]
  const failed = trials.filter(({ values }) => values === null).map(({ trial }) => ({ x: x.place(trial), y: 0.015 }))
  const all = scored.map((trial) => ({ x: x.place(trial.trial), y: y.place(measured(trial, metric)) }))
  return {
    title: `Best ${name} so far`,
    ...{ x, y, xName: 'trial', yName: named(name, mode) },
    marks: (to) => [
      dots(all, to, 2.5, { stroke: grey, 'stroke-opacity': '0.8' }),
      ...(failed.length === 0 ? [] : [crosses(failed, to, { stroke: red })]),
      steps([...best, ...end], to, { stroke: blue, 'stroke-width': 2 }),
      ...(last === undefined ? [] : [ring(last, to, { stroke: orange })]),
    ],
  }
}

/** A parameter against a metric: later trials are darker, the best has a ring. */
export function paramScatter(data: PlotData, metrics: readonly Metric[], param: number, metric: number): Panel {
  const { name, names } = data.params[param] ?? ({ name: '', names: null } satisfies PlotParam)
  const shown = scoredOf(data.trials).filter(({ params }) => (params[param] ?? null) !== null)
  const values = shown.map(({ params }) => params[param] ?? 0)
  const x = names === null ? axisFor(values) : namesAxis(names)
  // of names, points of the same one lie side by side
  const across = ({ trial }: Scored, value: number) => x.place(names === null ? value : value + (((trial * 0.618034) % 1) - 0.5) * 0.6)
  return scatter(shown, metrics, metric, { x, xName: name, across: (trial) => across(trial, trial.params[param] ?? 0) })
}

/** One metric against another. */
export function metricScatter({ trials }: PlotData, metrics: readonly Metric[], other: number, metric: number): Panel {
  const shown = scoredOf(trials)
  const { name, mode } = metrics[other] ?? { name: '', mode: 'min' }
  const x = axisFor(shown.map((trial) => measured(trial, other)))
  return scatter(shown, metrics, metric, { x, xName: named(name, mode), across: (trial) => x.place(measured(trial, other)) })
}

interface Across {
  readonly x: Axis
  readonly xName: string
  readonly across: (trial: Scored) => number
}

function scatter(shown: readonly Scored[], metrics: readonly Metric[], metric: number, { x, xName, across }: Across): Panel {
  const { name, mode } = metrics[metric] ?? { name: '', mode: 'min' }
  const y = axisFor(shown.map((trial) => measured(trial, metric)))
  const point = (trial: Scored): Point => ({ x: across(trial), y: y.place(measured(trial, metric)) })
  const best = shown.reduce<Scored | null>(
    (top, trial) => (top === null || isBetter(measured(trial, metric), measured(top, metric), mode) ? trial : top),
    null,
  )
  const share = Math.max(1, Math.ceil(shown.length / shades.length))
  const shaded = (to: ToPixels): readonly string[] =>
    shades.flatMap((stroke, k) => {
      const part = shown.slice(k * share, (k + 1) * share)
      return part.length === 0 ? [] : [dots(part.map(point), to, 3, { stroke, 'stroke-opacity': '0.85' })]
    })
  return {
    title: `${name} by ${xName}`,
    ...{ x, y, xName, yName: named(name, mode) },
    marks: (to) => [...shaded(to), ...(best === null ? [] : [ring(point(best), to, { stroke: orange })])],
  }
}

/** Two metrics: trials that no other dominates in both are joined. */
export function paretoPanel({ trials }: PlotData, metrics: readonly Metric[], [a, b]: readonly [number, number]): Panel {
  const both = [metrics[a], metrics[b]].flatMap((metric) => (metric === undefined ? [] : [metric]))
  const shown = scoredOf(trials).map((one) => ({ trial: one.trial, values: [measured(one, a), measured(one, b)] }))
  const x = axisFor(shown.map(({ values }) => values[0] ?? 0))
  const y = axisFor(shown.map(({ values }) => values[1] ?? 0))
  const point = ({ values }: { readonly values: readonly number[] }): Point => ({ x: x.place(values[0] ?? 0), y: y.place(values[1] ?? 0) })
  const front = paretoFront(shown, both).toSorted((left, right) => (left.values[0] ?? 0) - (right.values[0] ?? 0))
  const on = new Set(front.map(({ trial }) => trial))
  const [first, second] = both
  return {
    title: `Pareto front: ${front.length} of ${shown.length} trials`,
    ...{ x, y, xName: named(first?.name ?? '', first?.mode ?? 'min'), yName: named(second?.name ?? '', second?.mode ?? 'min') },
    marks: (to) => [
      dots(shown.filter(({ trial }) => !on.has(trial)).map(point), to, 3, { stroke: grey, 'stroke-opacity': '0.8' }),
      stairs(front.map(point), to, first?.mode ?? 'min'),
      dots(front.map(point), to, 4, { stroke: orange }),
    ],
  }
}

/** The border between what is dominated and what is not: it turns on the side where both are worse. */
function stairs(points: readonly Point[], to: ToPixels, first: Metric['mode']): string {
  const style = { stroke: orange, 'stroke-width': 1.5, 'stroke-opacity': '0.7' }
  return first === 'min' ? steps(points, to, style) : steps(points.toReversed(), to, style)
}

function named(name: string, mode: Metric['mode']): string {
  return `${name} (${mode})`
}
