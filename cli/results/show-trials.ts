// `dist results X` for a person: how far the search is, and a table of its trials; with --watch a row for each as it ends.
import type { JobsetReply, SearchReply } from '../../shared/api/types.ts'
import type { Context } from '../context.ts'
import { jobsetLabel } from '../render/labels.ts'
import { oneLine, textWidth } from '../render/text-width.ts'
import { ageText, bestText, endedTrials, progressParts } from './search-text.ts'
import { type Selection, unseenProblem } from './select-rows.ts'
import type { TrialRow } from './trial-row.ts'
import { TrialTable } from './trial-table.ts'

const between = ' · '

/** `anna/tune: 6 of 27 trials done, 3 at work · best loss 0.03 by tune_00003 · 2m10s` */
export function headLine(context: Context, jobset: JobsetReply, search: SearchReply): string {
  const parts = [progressParts(search).join(', '), bestText(search), ageText(jobset, context.now())]
  return `${jobsetLabel(jobset)}: ${oneLine(parts.filter((part) => part !== null).join(between))}`
}

/** The same, in as many lines as the terminal needs. */
export function printHeadLine(context: Context, jobset: JobsetReply, search: SearchReply): void {
  const columns = context.io.stdout.columns ?? Infinity
  let line = ''
  for (const part of headLine(context, jobset, search).split(between)) {
    const longer = line === '' ? part : line + between + part
    if (line === '' || textWidth(longer) <= columns) line = longer
    else {
      context.print(line)
      line = part
    }
  }
  context.print(line)
}

/** Prints rows in pages; what found no room is told at the end. */
export class ShownTrials {
  readonly #context: Context
  readonly #search: SearchReply
  #table: TrialTable | null = null
  #count = 0

  constructor(context: Context, search: SearchReply) {
    this.#context = context
    this.#search = search
  }

  get count(): number {
    return this.#count
  }

  print(rows: readonly TrialRow[]): void {
    if (rows.length === 0) return
    const { io, out } = this.#context
    this.#table ??= new TrialTable(this.#search, rows, { width: io.stdout.columns, palette: out, now: this.#context.now() })
    for (const line of this.#table.lines(rows)) this.#context.print(line)
    this.#count += rows.length
  }

  end(): void {
    const hidden = this.#table?.hidden ?? []
    if (hidden.length === 0) return
    const names = oneLine(hidden.join(', '))
    const width = this.#context.io.stdout.columns ?? Infinity
    const text = `no room for ${names}: a wider terminal or --csv has it`
    this.#context.note(
      this.#context.err.dim(
        textWidth(text) <= width ? text : `no room for ${hidden.length} more columns: a wider terminal or --csv has them`,
      ),
    )
  }
}

export function tellProblem(context: Context, { problem }: SearchReply): void {
  if (problem !== null) context.warn(problem.message, problem.hint ?? undefined)
}

/** A name in --where that no trial had is probably a mistake. */
export function tellUnseen(context: Context, selection: Selection, search: SearchReply): void {
  const problem = unseenProblem(selection, search)
  if (problem !== null && endedTrials(search) > 0) context.warn(problem.message, problem.hint)
}
