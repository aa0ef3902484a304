// The table of `dist results`: a row a trial. Which parameters and keys have a column is decided by the first rows and the width
// of the terminal; those that find no room are named.
import type { SearchReply, TrialReply } from '../../shared/api/types.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import { statePaint } from '../render/labels.ts'
import { numberShown } from '../render/number-shown.ts'
import type { Palette } from '../render/palette.ts'
import { StreamedTable } from '../render/streamed-table.ts'
import type { Cell, Column } from '../render/table.ts'
import { oneLine, textWidth, truncate } from '../render/text-width.ts'
import { paramNames, paramOf, type TrialRow } from './trial-row.ts'
import { paramShown, sentShown } from './value-shown.ts'

export interface TableStyle {
  /** columns of the terminal; null = as wide as it needs to be */
  readonly width: number | null
  readonly palette: Palette
  /** wall ms, for trials that run */
  readonly now: number
}

interface TrialColumn extends Column {
  readonly cell: (row: TrialRow) => Cell
  /** the lower, the sooner it gets its place */
  readonly rank: number
}

/** a column of values may be cut down to this */
const least = 10
const gap = 2
/** characters of a note that are shown in a pipe */
const longestNote = 200

export class TrialTable {
  /** names that have no column, for want of room */
  readonly hidden: readonly string[]
  readonly #columns: readonly TrialColumn[]
  readonly #table: StreamedTable

  constructor(search: SearchReply, first: readonly TrialRow[], style: TableStyle) {
    const all = allColumns(search, first, style)
    const shown = fitting(all, first, style.width)
    // whatever comes later fits too: a column may be cut down to what it was given room for
    this.#columns = all.flatMap((column) => {
      const room = shown.get(column)
      return room === undefined ? [] : [{ ...column, ...(column.rank === 0 && column.shrink === undefined ? {} : { shrink: room }) }]
    })
    this.hidden = all.filter((column) => !shown.has(column)).map(({ title }) => title)
    this.#table = new StreamedTable(this.#columns, { width: style.width, paintTitle: style.palette.dim })
  }

  lines(rows: readonly TrialRow[]): readonly string[] {
    return this.#table.lines(rows.map((row) => this.#columns.map(({ cell }) => cell(row))))
  }
}

function allColumns(search: SearchReply, first: readonly TrialRow[], style: TableStyle): readonly TrialColumn[] {
  const { metrics } = search
  const params = paramNames(
    search,
    first.map(({ trial }) => trial),
  )
  const known = new Set([...params, ...metrics.map(({ name }) => name)])
  const others = [...new Set(first.flatMap(({ sent }) => [...sent.keys()]))].filter((key) => !known.has(key))
  const paint = (state: string) => statePaint(style.palette, state === 'reported' ? 'succeeded' : paintAs(state))
  return [
    { title: 'TRIAL', align: 'right', rank: 0, cell: ({ trial }) => String(trial.trial) },
    { title: 'STATE', shrink: 8, rank: 0, cell: ({ trial: { state } }) => ({ text: state, paint: paint(state) }) },
    { title: 'NODE', shrink: 6, rank: 3, cell: ({ trial }) => trial.node ?? '' },
    { title: 'TIME', align: 'right', rank: 3, cell: ({ trial }) => timeOf(trial, style.now) },
    ...params.map((name): TrialColumn => ({ ...value(name), rank: 2, cell: ({ trial }) => paramShown(paramOf(trial, name)) })),
    ...metrics.map(({ name }, k): TrialColumn => ({ ...value(name), rank: 1, cell: (row) => metricShown(row, name, k) })),
    ...others.map((name): TrialColumn => ({ ...value(name), rank: 4, cell: ({ sent }) => sentShown(sent.get(name)) })),
    { title: 'NOTE', shrink: 16, rank: 1, cell: ({ trial }) => truncate(oneLine(trial.reason ?? trial.warning ?? ''), longestNote) },
  ]
}

function value(title: string): Pick<TrialColumn, 'title' | 'align' | 'shrink'> {
  return { title: oneLine(title), align: 'right', shrink: least }
}

/** What was sent in the place of a metric, where it is no number. */
function metricShown({ trial, sent }: TrialRow, name: string, index: number): string {
  const found = trial.values?.[index]
  return found === undefined ? sentShown(sent.get(name)) : numberShown(found)
}

function timeOf({ startedAt, finishedAt }: TrialReply, now: number): string {
  return startedAt === null ? '' : formatDuration(Math.max(0, (finishedAt ?? now) - startedAt))
}

function paintAs(state: string): string {
  return ['running', 'cancelled'].includes(state) ? state : ['asked', 'queued'].includes(state) ? '' : 'failed'
}

/** Columns that find room, by their rank, and how much: what they need, or what they may be cut down to. */
function fitting(columns: readonly TrialColumn[], first: readonly TrialRow[], width: number | null): ReadonlyMap<TrialColumn, number> {
  const shown = new Map<TrialColumn, number>()
  let free = (width ?? Infinity) + gap
  for (const column of columns.toSorted((a, b) => a.rank - b.rank)) {
    const texts = first.map((row) => column.cell(row)).map((cell) => (typeof cell === 'string' ? cell : cell.text))
    const wanted = Math.max(textWidth(column.title), ...texts.map(textWidth))
    const room = Math.min(wanted, column.shrink ?? wanted)
    if (gap + room > free && column.rank > 0) continue
    shown.set(column, room)
    free -= gap + room
  }
  return shown
}
