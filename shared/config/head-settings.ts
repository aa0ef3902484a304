// `head.yaml` in the head's data folder: rules that an administrator sets. Nothing is removed or refused without one.
import { parseBytes } from '../text/bytes.ts'
import type { MapSchema } from './key.ts'
import { nameProblem } from './name-rule.ts'
import { type Path, type Problem, Problems } from './problem.ts'
import { Reading } from './reading.ts'
import type { Entry } from './tree.ts'
import { yamlTree } from './yaml-tree.ts'

export interface RetentionRule {
  /** results of jobsets that ended longer ago go */
  readonly days: number
  /** only what is no job's result: failed, lost and superseded attempts */
  readonly attemptsOnly: boolean
}

export interface HeadSettings {
  readonly retention: RetentionRule | null
  /** bytes that the results of a namespace may take, by namespace */
  readonly quota: ReadonlyMap<string, number>
  /** interpreter that has the optimisers of searches; null = not said */
  readonly python: string | null
}

interface HeadSettingsResult {
  /** null when there is an error */
  readonly settings: HeadSettings | null
  readonly problems: readonly Problem[]
}

const schema: MapSchema = {
  retention: { type: 'fields', what: 'when results are removed' },
  quota: { type: 'fields', what: "what a namespace's results may take" },
  python: { type: 'text', what: 'the interpreter that has optuna and the like, for searches' },
}
const retentionSchema: MapSchema = {
  days: { type: 'count', required: true, what: 'days after the end of a jobset' },
  attempts_only: { type: 'flag', what: 'true: results of jobs stay, only other attempts go' },
}
const mostDays = 36_500
const top = (part: string): Path => ({ up: null, part })

/** Never throws for a bad text. An empty file is fine and says nothing. */
export function parseHeadSettings(text: string): HeadSettingsResult {
  const problems = new Problems()
  const reading = new Reading(problems, new Set())
  const tree = yamlTree(text, problems)
  const entries = tree === null || tree.kind === 'null' ? new Map<string, Entry>() : reading.keys(tree, null, schema, 'settings')
  const retention = readRetention(reading, entries?.get('retention'))
  const quota = readQuota(reading, entries?.get('quota'))
  const python = readPython(reading, entries?.get('python'))
  return { settings: problems.failed ? null : { retention, quota, python }, problems: problems.located(text) }
}

function readRetention(reading: Reading, entry: Entry | undefined): RetentionRule | null {
  if (entry === undefined || entry.value.kind === 'null') return null
  const path = top('retention')
  const entries = reading.keys(entry.value, path, retentionSchema, 'settings')
  const days = entries?.get('days')
  const flag = entries?.get('attempts_only')
  const count = days?.value.kind === 'text' && /^[1-9]\d{0,4}$/.test(days.value.text) ? Number(days.value.text) : 0
  if (days !== undefined && (count < 1 || count > mostDays)) {
    reading.wrong(days.value, { up: path, part: 'days' }, `a number of days, 1 to ${mostDays}`)
  }
  const word = flag?.value.kind === 'text' ? flag.value.text : ''
  if (flag !== undefined && word !== 'true' && word !== 'false')
    reading.wrong(flag.value, { up: path, part: 'attempts_only' }, 'true or false')
  return { days: count, attemptsOnly: word === 'true' }
}

/** A program: a path, or a name that is looked up in PATH. */
function readPython(reading: Reading, entry: Entry | undefined): string | null {
  if (entry === undefined || entry.value.kind === 'null') return null
  if (entry.value.kind === 'text' && entry.value.text.trim() !== '') return entry.value.text
  reading.wrong(entry.value, top('python'), 'a program', 'write for example /srv/optimisers/bin/python')
  return null
}

function readQuota(reading: Reading, entry: Entry | undefined): ReadonlyMap<string, number> {
  const quota = new Map<string, number>()
  if (entry === undefined || entry.value.kind === 'null') return quota
  const path = top('quota')
  if (entry.value.kind !== 'map') {
    reading.wrong(entry.value, path, 'a mapping', 'write NAMESPACE: 500GiB below it, indented')
    return quota
  }
  for (const { key, keyAt, value } of entry.value.entries) {
    const here = { up: path, part: key }
    const problem = nameProblem(key)
    if (problem !== null) reading.problems.error(keyAt, here, `'${key}' is no namespace: ${problem}`)
    const bytes = value.kind === 'text' ? readBytes(value.text) : null
    if (bytes === null) reading.wrong(value, here, 'an amount of bytes', 'write for example 500GiB')
    else quota.set(key, bytes)
  }
  return quota
}

function readBytes(text: string): number | null {
  try {
    return parseBytes(text)
  } catch {
    return null
  }
}
