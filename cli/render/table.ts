// Aligned columns for a terminal of a given width. Used by every command that lists things.
import { oneLine, textWidth, truncate } from './text-width.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** may be cut down to this many columns when the table is too wide; never cut when absent */
  readonly shrink?: number
}

/** `paint` colours the text after it was measured. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string }

export interface TableOptions {
  /** columns of the terminal; null = as wide as it needs to be */
  readonly width: number | null
  readonly paintTitle: (text: string) => string
}

const gap = 2

/** Lines of the table, title line first; no trailing spaces. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], options: TableOptions): string[] {
  const texts = rows.map((row) => row.map((cell) => oneLine(typeof cell === 'string' ? cell : cell.text)))
  const widths = columnWidths(columns, texts, options.width)
  const lines = [
    line(
      columns,
      widths,
      columns.map((column) => column.title),
      () => options.paintTitle,
    ),
  ]
  rows.forEach((row, i) => {
    const paintOf = (k: number) => {
      const cell = row[k]
      return cell === undefined || typeof cell === 'string' ? null : cell.paint
    }
    lines.push(line(columns, widths, texts[i] ?? [], paintOf))
  })
  return lines
}

/** Widths of the columns: what they need, then the widest that may shrink gives way until all fits. */
function columnWidths(columns: readonly Column[], texts: readonly (readonly string[])[], width: number | null): number[] {
  const widths = columns.map((column) => textWidth(column.title))
  for (const row of texts) {
    row.forEach((text, k) => {
      widths[k] = Math.max(widths[k] ?? 0, textWidth(text))
    })
  }
  if (width === null) return widths
  const least = columns.map((column, k) => (column.shrink === undefined ? (widths[k] ?? 0) : Math.min(column.shrink, widths[k] ?? 0)))
  for (let over = sum(widths) + gap * (columns.length - 1) - width; over > 0; over--) {
    let widest = -1
    widths.forEach((value, k) => {
      if (value > (least[k] ?? 0) && (widest < 0 || value > (widths[widest] ?? 0))) widest = k
    })
    if (widest < 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

type Paint = (text: string) => string

function line(
  columns: readonly Column[],
  widths: readonly number[],
  texts: readonly string[],
  paintOf: (k: number) => Paint | null,
): string {
  const parts = texts.map((text, k) => {
    const width = widths[k] ?? 0
    const shown = truncate(text, width)
    const space = ' '.repeat(Math.max(0, width - textWidth(shown)))
    const painted = paintOf(k)?.(shown) ?? shown
    if (columns[k]?.align === 'right') return space + painted
    return k === texts.length - 1 ? painted : painted + space
  })
  return parts.join(' '.repeat(gap)).trimEnd()
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
