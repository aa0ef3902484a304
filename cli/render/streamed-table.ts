// A table whose rows come in pages: the first are printed at once, and columns never get narrower than they were. Used where
// there may be a hundred thousand rows.
import { type Cell, type Column, renderTable, type TableOptions } from './table.ts'
import { oneLine, textWidth } from './text-width.ts'

export class StreamedTable {
  readonly #columns: readonly Column[]
  readonly #options: TableOptions
  /** the widest text of each column so far; takes part in every page, unseen */
  readonly #widest: string[]
  #begun = false

  constructor(columns: readonly Column[], options: TableOptions) {
    this.#columns = columns
    this.#options = options
    this.#widest = columns.map(() => '')
  }

  /** Lines of these rows, the title line before the first ones. */
  lines(rows: readonly (readonly Cell[])[]): string[] {
    const before = [...this.#widest]
    for (const row of rows) {
      row.forEach((cell, k) => {
        const text = oneLine(typeof cell === 'string' ? cell : cell.text)
        if (textWidth(text) > textWidth(this.#widest[k] ?? '')) this.#widest[k] = text
      })
    }
    const [title = '', , ...lines] = renderTable(this.#columns, [before, ...rows], this.#options)
    if (this.#begun) return lines
    this.#begun = true
    return [title, ...lines]
  }
}
