// Which format an export has, and where it goes: by flags, or by the name of the file.
import { DistError } from '../../shared/base/errors.ts'
import type { ExportFormat } from './export-results.ts'

export interface FormatOptions {
  readonly csv?: boolean
  readonly parquet?: boolean
  readonly json: boolean
  readonly output?: string
  /** stdout is a terminal */
  readonly isTerminal: boolean
}

export interface ExportTo {
  readonly format: ExportFormat
  /** null = stdout */
  readonly file: string | null
}

const endings: Readonly<Record<string, ExportFormat>> = { csv: 'csv', json: 'json', jsonl: 'json', ndjson: 'json', parquet: 'parquet' }

/** Null when a person wants a table. Throws `usage`. */
export function exportTo({ csv = false, parquet = false, json, output, isTerminal }: FormatOptions): ExportTo | null {
  if (csv && parquet) throw new DistError('usage', '--csv and --parquet exclude each other', { hint: 'write them one after the other' })
  const flag = csv ? 'csv' : parquet ? 'parquet' : null
  if (output !== undefined) {
    const format = flag ?? endings[/\.([^./]+)$/.exec(output)?.[1]?.toLowerCase() ?? ''] ?? (json ? 'json' : null)
    if (format !== null) return { format, file: output }
    throw new DistError('usage', `--output ${output} does not say what is to be written`, {
      hint: 'name it .csv, .json or .parquet, or add --csv, --json or --parquet',
    })
  }
  if (flag === null) return json ? { format: 'json', file: null } : null
  if (json) throw new DistError('usage', `--${flag} and --json exclude each other`, { hint: 'with --output FILE both are possible' })
  if (parquet && isTerminal) throw new DistError('usage', 'a terminal cannot show Parquet', { hint: 'add --output results.parquet' })
  return { format: flag, file: null }
}
