// Reads `slurm`, at the top level or in a job: kept for export. Unknown keys are a warning, as the original ignored them.
import type { SlurmFields } from '../model/jobset.ts'
import type { MapSchema } from './key.ts'
import type { Path } from './problem.ts'
import type { Reading } from './reading.ts'
import { schemas } from './schema.ts'
import type { Entry } from './tree.ts'

const schema: MapSchema = schemas.slurm

/** Null when absent or null; else the fields that are set, numbers as numbers. */
export function readSlurm(reading: Reading, entry: Entry | undefined, path: Path): SlurmFields | null {
  if (entry === undefined || entry.value.kind === 'null') return null
  const entries = reading.map(entry.value, path, 'slurm')
  if (entries === null) return null
  const fields: Record<string, string | number> = {}
  for (const [key, { value }] of entries) {
    if (value.kind === 'null') continue
    const here = { up: path, part: key }
    if (schema[key]?.type === 'count') {
      if (value.kind === 'text' && value.plain && /^(0|[1-9]\d{0,14})$/.test(value.text)) fields[key] = Number(value.text)
      else reading.wrong(value, here, 'a whole number', `${key}: 4`)
      continue
    }
    const text = reading.text(value, here, 'text')
    if (text !== null) fields[key] = text
  }
  return fields
}
