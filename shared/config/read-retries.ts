// Reads `retries`: how often and after what a job is tried again.
import { type Retries, type RetryClass, retryClasses } from '../model/options.ts'
import { nearest } from '../text/near.ts'
import type { Path } from './problem.ts'
import { isSet, readDuration, readTexts, readWhole } from './read-values.ts'
import type { Reading } from './reading.ts'
import type { Entry, Node } from './tree.ts'

const mostTries = 1000
/** `max` without `on`: a lost node has tries of its own, and more of them */
const usual: readonly RetryClass[] = ['exit', 'timeout', 'oom']

/** `base` with what the file says; null when it says nothing. */
export function readRetries(reading: Reading, entry: Entry | undefined, path: Path, base: Retries): Retries | null {
  if (!isSet(entry)) return null
  const entries = reading.map(entry.value, path, 'retries')
  if (entries === null) return null
  const max = readWhole(reading, entries.get('max'), { up: path, part: 'max' }, { least: 0, most: mostTries })
  const on = readClasses(reading, entries.get('on'), { up: path, part: 'on' })
  const backoff = readDuration(reading, entries.get('backoff'), { up: path, part: 'backoff' }, 0)
  if (max === null && base.max === 0 && !isSet(entries.get('max'))) {
    reading.problems.error(entry.value.at, path, "the key 'max' is missing", 'max: tries beyond the first')
  }
  return { max: max ?? base.max, on: on ?? (base.on.length === 0 ? usual : base.on), backoff: backoff ?? base.backoff }
}

function readClasses(reading: Reading, entry: Entry | undefined, path: Path): readonly RetryClass[] | null {
  const words = { what: 'one of exit, timeout, oom, lost', example: 'a list: [exit, lost]' }
  const known = (text: string, node: Node, here: Path): boolean => {
    if (isClass(text)) return true
    const near = nearest(text, retryClasses)
    const hint = near === null ? `write one of ${retryClasses.join(', ')}` : `did you mean '${near}'?`
    reading.problems.error(node.at, here, `'${text}' is no way to end`, hint)
    return false
  }
  const texts = readTexts(reading, entry, path, words, known)
  return texts === null ? null : [...new Set(texts.filter(isClass))]
}

function isClass(text: string): text is RetryClass {
  return (retryClasses as readonly string[]).includes(text)
}
