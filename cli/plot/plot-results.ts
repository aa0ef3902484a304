// `dist results X --plot FILE.svg`: chooses the panels, and writes the file whole or not at all.
import { resolve } from 'node:path'
import type { SearchReply } from '../../shared/api/types.ts'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { writeAtomic } from '../../shared/files/atomic.ts'
import { nearest } from '../../shared/text/near.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'
import { metricOf } from '../results/metric-of.ts'
import { readEnded } from '../results/read-rows.ts'
import { bestText, progressParts } from '../results/search-text.ts'
import { type Selection, selectRows } from '../results/select-rows.ts'
import { drawFigure, type FigurePart } from './figure.ts'
import { bestSoFar, metricScatter, paramScatter, paretoPanel } from './panels.ts'
import { type PlotData, plotData } from './plot-data.ts'

export interface PlotChoice {
  readonly file: string
  readonly x?: string
  readonly y?: string
}

/** parameters that have a panel of their own */
const mostParams = 8

/** --json: `{file, trials}`. */
export async function plotResults(context: Context, search: SearchReply, selection: Selection, choice: PlotChoice): Promise<number> {
  const { index: metric } = metricOf(search, choice.y)
  const data = await plotData(selectRows(readEnded(context, search), selection, search), search)
  const scored = data.trials.filter(({ values }) => values !== null).length
  if (scored === 0)
    throw new DistError('usage', `no trial of ${jobsetLabel(search)} has a result to draw`, { hint: 'see them with: dist results' })
  const parts = choice.x === undefined ? overview(data, search, metric) : [{ panel: against(data, search, choice.x, metric), wide: true }]
  const facts = [jobsetLabel(search), progressParts(search)[0], bestText(search)].filter((part) => part !== null && part !== undefined)
  const svg = drawFigure(facts.join(' · '), parts, noteOf(search, data))
  try {
    writeAtomic(resolve(context.io.cwd, choice.file), svg)
  } catch (error) {
    throw new DistError('usage', `cannot write ${choice.file}: ${errorMessage(error)}`, {
      hint: 'name a file that you may write',
      cause: error,
    })
  }
  if (context.json) context.io.stdout.write(`${JSON.stringify({ file: choice.file, trials: scored })}\n`)
  context.print(`wrote ${choice.file}: ${counted(scored, 'trial')} of ${jobsetLabel(search)}`)
  return exitCode.done
}

function overview(data: PlotData, { metrics }: SearchReply, metric: number): readonly FigurePart[] {
  const other = metrics.findIndex((_, k) => k !== metric)
  const front: FigurePart[] =
    other < 0 ? [] : [{ panel: paretoPanel(data, metrics, metric < other ? [metric, other] : [other, metric]), wide: true }]
  const varied = data.params.flatMap((_, k) => (new Set(data.trials.map(({ params }) => params[k])).size > 1 ? [k] : []))
  return [
    ...front,
    { panel: bestSoFar(data, metrics, metric), wide: true },
    ...varied.slice(0, mostParams).map((k) => ({ panel: paramScatter(data, metrics, k, metric), wide: false })),
  ]
}

function against(data: PlotData, { metrics }: SearchReply, name: string, metric: number) {
  const params = data.params.map((one) => one.name)
  const param = params.indexOf(name)
  if (param >= 0) return paramScatter(data, metrics, param, metric)
  const other = metrics.findIndex((one) => one.name === name)
  if (other >= 0) return metricScatter(data, metrics, other, metric)
  const known = [...params, ...metrics.map((one) => one.name)]
  const near = nearest(name, known)
  throw new DistError('usage', `--x ${name} is no parameter of this search`, {
    hint: near === null ? `one of: ${known.join(', ')}` : `did you mean ${near}?`,
  })
}

function noteOf({ algorithm, seed }: SearchReply, { trials }: PlotData): string {
  const failed = trials.filter(({ values }) => values === null).length
  const crosses = failed === 0 ? '' : `, a cross a trial without a result (${failed})`
  return `${algorithm}, seed ${seed}. Later trials are darker, a ring is the best${crosses}.`
}
