// Results as CSV (RFC 4180, lines end with CR LF). Two forms: `config/<parameter>` columns, which netpyne's Analyzer reads, and
// the one that the released batchtools leave in the current folder: an index, bare names, numbers as floats.
import type { SearchReply } from '../../shared/api/types.ts'
import type { ReportGroup } from '../../shared/model/search.ts'
import { typed, type Value } from '../../shared/model/value.ts'
import { floatText, pythonText } from '../../shared/trial/value-text.ts'
import { floatOfText, pythonFloat } from './python-float.ts'
import type { RowProfile } from './row-profile.ts'
import { sentValue } from './sent-fields.ts'
import { paramOf, secondsOf, type TrialRow } from './trial-row.ts'

export interface CsvForm {
  readonly groups: readonly ReportGroup[]
  /** as the released batchtools leave it */
  readonly bare: boolean
  /** columns of the machinery: state, node, times; not with `bare` */
  readonly machinery: boolean
  /** folder of a trial's results */
  readonly pathOf: (label: string) => string
  /** bare: parameters of the bookkeeping, after the others */
  readonly keys: readonly (readonly [name: string, carries: 'folder' | 'label'])[]
}

interface CsvColumn {
  readonly title: string
  /** `index`: number of the line, from 0 */
  readonly cell: (row: TrialRow, index: number) => string
}

/** A line for the titles, then one for each row; each with its line end. */
export class Csv {
  readonly #columns: readonly CsvColumn[]
  readonly #end: string
  #lines = 0

  constructor(search: SearchReply, profile: RowProfile, form: CsvForm) {
    this.#columns = columnsOf(search, profile, form)
    // pandas, which writes theirs, ends lines so
    this.#end = form.bare ? '\n' : '\r\n'
  }

  header(): string {
    return csvLine(
      this.#columns.map(({ title }) => title),
      this.#end,
    )
  }

  line(row: TrialRow): string {
    const index = this.#lines++
    return csvLine(
      this.#columns.map(({ cell }) => cell(row, index)),
      this.#end,
    )
  }
}

function columnsOf(search: SearchReply, profile: RowProfile, form: CsvForm): readonly CsvColumn[] {
  const groups: Readonly<Record<ReportGroup, () => readonly CsvColumn[]>> = {
    path: () => [
      { title: 'trial_label', cell: ({ trial }) => trial.label },
      { title: 'trial_path', cell: ({ trial }) => form.pathOf(trial.label) },
    ],
    config: () => [...profile.params.keys()].map((name) => paramColumn(name, form.bare)).concat(form.bare ? keyColumns(form) : []),
    data: () => [...profile.sent.keys()].map((name) => sentColumn(name, search, form.bare)),
  }
  const told = form.groups.flatMap((group) => groups[group]())
  if (form.bare) return [{ title: '', cell: (_, index) => String(index) }, ...lastOfEach(told)]
  return form.machinery ? [...told, ...machinery] : told
}

/** A later group says what an earlier one said under the same bare name; it keeps the earlier one's place. */
function lastOfEach(columns: readonly CsvColumn[]): readonly CsvColumn[] {
  const byTitle = new Map<string, CsvColumn>()
  for (const column of columns) {
    const before = byTitle.get(column.title)
    const cell: CsvColumn['cell'] = (row, index) => column.cell(row, index) || (before?.cell(row, index) ?? '')
    byTitle.set(column.title, before === undefined ? column : { title: column.title, cell })
  }
  return [...byTitle.values()]
}

function paramColumn(name: string, bare: boolean): CsvColumn {
  const text = (value: Value | undefined): string => (value === undefined ? '' : cellText(value, bare))
  return { title: bare ? name : `config/${name}`, cell: ({ trial }) => text(paramOf(trial, name)) }
}

function keyColumns({ keys, pathOf }: CsvForm): readonly CsvColumn[] {
  return keys.map(([title, carries]) => ({ title, cell: ({ trial }) => (carries === 'folder' ? pathOf(trial.label) : trial.label) }))
}

function sentColumn(name: string, { metrics }: SearchReply, bare: boolean): CsvColumn {
  const metric = metrics.findIndex((one) => one.name === name)
  return {
    title: name,
    cell: ({ trial, sent }) => {
      const text = sent.get(name)
      if (text !== undefined) return sentText(text, bare)
      const value = trial.values?.[metric]
      return value === undefined ? '' : bare ? pythonFloat(value) : floatText(value)
    },
  }
}

const machinery: readonly CsvColumn[] = [
  { title: 'state', cell: ({ trial }) => trial.state },
  { title: 'node', cell: ({ trial }) => trial.node ?? '' },
  { title: 'attempts', cell: ({ trial }) => String(trial.attempts) },
  { title: 'exit_code', cell: ({ trial }) => (trial.exitCode === null ? '' : String(trial.exitCode)) },
  { title: 'started_at', cell: ({ trial }) => timeText(trial.startedAt) },
  { title: 'finished_at', cell: ({ trial }) => timeText(trial.finishedAt) },
  { title: 'seconds', cell: ({ trial }) => String(secondsOf(trial) ?? '') },
  { title: 'problem', cell: ({ trial }) => trial.reason ?? trial.warning ?? '' },
]

function timeText(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString()
}

/** As pandas writes it: text without quotes, the rest as Python does. */
function cellText(value: Value, bare: boolean): string {
  if (bare) return bareText(value)
  return value.kind === 'text' ? value.value : value.kind === 'null' ? '' : pythonText(value)
}

function sentText(text: string, bare: boolean): string {
  const value = sentValue(text)
  if (bare) return bareText(typed(value))
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return value === null ? '' : typeof value === 'string' ? value : text
}

/** The released batchtools make a float of whatever can be one: true, and text that looks like a number. */
function bareText(value: Value): string {
  switch (value.kind) {
    case 'null':
      return ''
    case 'bool':
      return value.value ? '1.0' : '0.0'
    case 'int':
    case 'float':
      return pythonFloat(value.value)
    case 'text':
      return floatOfText(value.value) ?? value.value
    default:
      return pythonText(value)
  }
}

function csvLine(cells: readonly string[], end: string): string {
  return `${cells.map(quoted).join(',')}${end}`
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) || /^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
