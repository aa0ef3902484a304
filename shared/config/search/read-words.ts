// Reads a word or a list of words, and a word out of a few.
import { nearest } from '../../text/near.ts'
import type { Path } from '../problem.ts'
import { isSet } from '../read-values.ts'
import type { Reading } from '../reading.ts'
import type { Entry } from '../tree.ts'

/** One word is a list of one; null when the file says nothing or an empty list. */
export function readWords(reading: Reading, entry: Entry | undefined, path: Path, what: string): readonly string[] | null {
  if (!isSet(entry)) return null
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value]
  const words = nodes.flatMap((node, index) => reading.text(node, nodes.length === 1 ? path : { up: path, part: index }, what) ?? [])
  return words.length === 0 ? null : words
}

/** What the word stands for in `known`; null when the file says nothing or something else (reported). */
export function readOneOf<T>(reading: Reading, entry: Entry | undefined, path: Path, known: Readonly<Record<string, T>>): T | null {
  const words = Object.keys(known)
  const word = reading.optionalText(entry, path, `one of ${words.join(', ')}`)
  if (word === null) return null
  const found = Object.hasOwn(known, word) ? known[word] : undefined
  if (found !== undefined) return found
  const near = nearest(word, words)
  const hint = near === null ? `write one of ${words.join(', ')}` : `did you mean '${near}'?`
  reading.problems.error(entry?.value.at ?? 0, path, `'${word}' is not known here`, hint)
  return null
}
