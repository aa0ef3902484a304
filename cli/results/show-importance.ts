// Importances of a search's parameters: trials are given to python/dist_suggest, which asks optuna; shown as bars.
import type { SearchReply } from '../../shared/api/types.ts'
import { paramsJson } from '../../shared/trial/value-text.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'
import { isUnicode, progressBar } from '../render/progress.ts'
import { renderTable } from '../render/table.ts'
import { metricOf } from './metric-of.ts'
import { runImportance } from './python-importance.ts'
import { readEnded } from './read-rows.ts'
import { compileSelection, selectRows } from './select-rows.ts'

export interface ImportanceChoice {
  readonly y?: string
  readonly where?: string
  readonly python: string
}

/** more of them take seconds */
const many = 300

const columns = [{ title: 'PARAMETER', shrink: 16 }, { title: 'IMPORTANCE', align: 'right' }, { title: '' }] as const

/** --json: `{metric, trials, importances: [{name, importance}]}`, the greatest first. */
export async function showImportance(context: Context, search: SearchReply, choice: ImportanceChoice): Promise<number> {
  const metric = metricOf(search, choice.y)
  const { where } = choice
  const selection = compileSelection(where === undefined ? {} : { where }, search)
  const trials: string[] = []
  for await (const { trial } of selectRows(readEnded(context, search), selection, search)) {
    const value = trial.values?.[metric.index]
    if (value !== undefined && trial.params !== null) trials.push(`{"params":${paramsJson(trial.params)},"value":${value}}`)
  }
  if (trials.length > many) context.note(context.err.dim(`${counted(trials.length, 'trial')} take optuna a while`))
  const reply = await runImportance(context, choice.python, trials)
  const importances = Object.entries(reply.importances)
    .map(([name, importance]) => ({ name, importance }))
    .sort((a, b) => b.importance - a.importance || (a.name < b.name ? -1 : 1))
  // a line, as everything of `dist results`
  if (context.json) context.io.stdout.write(`${JSON.stringify({ metric: metric.name, trials: reply.trials, importances })}\n`)
  context.print(`${jobsetLabel(search)}: what ${metric.name} depends on, by ${counted(reply.trials, 'trial')}`)
  context.print('')
  const unicode = isUnicode(context.io.env)
  const rows = importances.map(({ name, importance }) => {
    return [name, `${(100 * importance).toFixed(1)} %`, progressBar(importance, 20, unicode)]
  })
  for (const line of renderTable(columns, rows, { width: context.io.stdout.columns, paintTitle: context.out.dim })) context.print(line)
  for (const notice of reply.notices) context.note(context.err.dim(notice))
  return exitCode.done
}
