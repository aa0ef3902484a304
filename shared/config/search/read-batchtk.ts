// Reads `batchtk`: how parameters reach a batchtools script, and under which names it learns its folder and label.
import type { Bookkeeping, SearchSpec } from '../../model/search.ts'
import { dialects } from '../../trial/bookkeeping.ts'
import type { Path } from '../problem.ts'
import { isSet } from '../read-values.ts'
import type { Reading } from '../reading.ts'
import type { Entry } from '../tree.ts'
import { readOneOf } from './read-words.ts'

const carried = { dir: 'folder', folder: 'folder', path: 'folder', label: 'label' } as const

export function readBatchtk(reading: Reading, entry: Entry | undefined, path: Path): SearchSpec['batchtk'] {
  const entries = isSet(entry) ? reading.map(entry.value, path, 'batchtk') : null
  const delimiters = { auto: 'auto', '*=': '*=', '=': '=' } as const
  return {
    delimiter: readOneOf(reading, entries?.get('delimiter'), { up: path, part: 'delimiter' }, delimiters) ?? 'auto',
    keys: readKeys(reading, entries?.get('keys'), { up: path, part: 'keys' }) ?? dialects.netpyne,
  }
}

function readKeys(reading: Reading, entry: Entry | undefined, path: Path): Bookkeeping | null {
  if (!isSet(entry)) return null
  const { value } = entry
  if (value.kind !== 'map') return readOneOf<Bookkeeping>(reading, entry, path, dialects)
  return value.entries.flatMap((one) => {
    const what = readOneOf(reading, one, { up: path, part: one.key }, carried)
    return what === null ? [] : [[one.key, what] as const]
  })
}
