// Reads what may be said at the top level only: order, limits of the whole jobset, what is kept beside it.
import type { JobsetSpec, SlurmFields } from '../model/jobset.ts'
import { nameProblem } from './name-rule.ts'
import type { Path } from './problem.ts'
import { isSet, readDuration, readTexts, readWhole } from './read-values.ts'
import type { Reading } from './reading.ts'
import type { Entry } from './tree.ts'

type JobsetOptions = Pick<JobsetSpec, 'sge' | 'priority' | 'after' | 'maxFails' | 'maxConcurrent' | 'lostAfter' | 'collect' | 'comment'>

const mostJobs = 1_000_000
const top = (part: string): Path => ({ up: null, part })

/** With defaults. `batchName`: a jobset cannot wait for itself. */
export function readJobsetOptions(reading: Reading, entries: ReadonlyMap<string, Entry> | null, batchName: string | null): JobsetOptions {
  const get = (key: string) => entries?.get(key)
  return {
    sge: readFields(reading, get('sge'), top('sge'), 'pe: smp 4'),
    priority: readWhole(reading, get('priority'), top('priority'), { least: -1000, most: 1000 }) ?? 0,
    after: readAfter(reading, get('after'), batchName),
    maxFails: readMaxFails(reading, get('max_fails')),
    maxConcurrent: readWhole(reading, get('max_concurrent'), top('max_concurrent'), { least: 1, most: mostJobs }),
    lostAfter: readDuration(reading, get('lost_after'), top('lost_after'), 1000),
    collect: readCollect(reading, get('collect')),
    comment: reading.optionalText(get('comment'), top('comment'), 'text'),
  }
}

function readAfter(reading: Reading, entry: Entry | undefined, batchName: string | null): readonly string[] {
  const words = { what: 'the name of a batch', example: 'a list: [meshes]' }
  const names = readTexts(reading, entry, top('after'), words, (name, node, path) => {
    const problem = name === batchName ? 'a jobset cannot wait for itself' : nameProblem(name)
    if (problem === null) return true
    reading.problems.error(node.at, path, problem, 'name another batch of the same namespace')
    return false
  })
  return [...new Set(names ?? [])]
}

function readMaxFails(reading: Reading, entry: Entry | undefined): JobsetSpec['maxFails'] {
  if (!isSet(entry)) return null
  const { value } = entry
  const match = value.kind === 'text' ? /^(\d{1,7}(?:\.\d{1,6})?)(%?)$/.exec(value.text) : null
  const amount = Number(match?.[1] ?? 0)
  if (match?.[2] === '%' && amount > 0 && amount <= 100) return { share: amount / 100 }
  if (match?.[2] === '' && amount >= 1 && Number.isInteger(amount)) return { count: amount }
  const found = value.kind === 'text' ? `'${value.text}'` : 'something else'
  reading.problems.error(value.at, top('max_fails'), `expected a number of jobs from 1, or a percentage, found ${found}`, 'write 10 or 10%')
  return null
}

const collectFormats: readonly string[] = ['json', 'csv']

function readCollect(reading: Reading, entry: Entry | undefined): JobsetSpec['collect'] {
  const fields = readFields(reading, entry, top('collect'), 'results.json: json')
  if (fields === null || entry?.value.kind !== 'map') return null
  for (const { key, value } of entry.value.entries) {
    const format = fields[key]
    if (format === undefined || collectFormats.includes(String(format))) continue
    const hint = `write one of ${collectFormats.join(', ')}`
    reading.problems.error(value.at, { up: top('collect'), part: key }, `'${format}' is no format that is known`, hint)
  }
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]))
}

/** Names with texts; unquoted whole numbers are numbers. Null when there is none. */
function readFields(reading: Reading, entry: Entry | undefined, path: Path, example: string): SlurmFields | null {
  if (!isSet(entry) || !reading.spend(1, entry.value, path)) return null
  if (entry.value.kind !== 'map') {
    reading.wrong(entry.value, path, 'a mapping', `write ${example} below it, indented`)
    return null
  }
  const fields: Record<string, string | number> = {}
  for (const { key, value } of entry.value.entries) {
    if (value.kind === 'null') continue
    const text = reading.text(value, { up: path, part: key }, 'text')
    if (text === null) continue
    fields[key] = value.kind === 'text' && value.plain && /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text
  }
  return fields
}
