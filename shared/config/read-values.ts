// Reads single values: numbers, durations, amounts, switches, lists of words. Each answers null for null and absent, and
// null for what is wrong, which is reported then.
import { DistError } from '../base/errors.ts'
import { parseBytes } from '../text/bytes.ts'
import { parseDuration } from '../text/duration.ts'
import type { Path } from './problem.ts'
import type { Reading } from './reading.ts'
import type { Entry, Node } from './tree.ts'
import { hasNul } from './value-rules.ts'

const mib = 1 << 20

export function isSet(entry: Entry | undefined): entry is Entry {
  return entry !== undefined && entry.value.kind !== 'null'
}

/** A whole number from `least` to `most`. */
export function readWhole(
  reading: Reading,
  entry: Entry | undefined,
  path: Path,
  range: { readonly least: number; readonly most: number },
): number | null {
  if (!isSet(entry) || !reading.spend(1, entry.value, path)) return null
  const { value } = entry
  const text = value.kind === 'text' && value.plain && /^[-+]?\d{1,15}$/.test(value.text) ? value.text : null
  if (text !== null && Number(text) >= range.least && Number(text) <= range.most) return Number(text)
  const expected = `a whole number from ${range.least} to ${range.most}`
  if (text === null) reading.wrong(value, path, expected)
  else reading.problems.error(value.at, path, `expected ${expected}, found ${text}`)
  return null
}

/** Milliseconds, at least `least`. */
export function readDuration(reading: Reading, entry: Entry | undefined, path: Path, least: number): number | null {
  const ms = compiled(reading, entry, path, 'a duration like 90s, 30m or 2h', parseDuration)
  if (ms === null || ms >= least) return ms
  const message = least === 1 ? 'it must be more than nothing' : `it must be at least ${least / 1000}s`
  reading.problems.error(entry?.value.at ?? 0, path, message)
  return null
}

/** Bytes. Less than a MiB is a forgotten unit. */
export function readBytes(reading: Reading, entry: Entry | undefined, path: Path): number | null {
  const bytes = compiled(reading, entry, path, 'an amount like 512MiB or 8GiB', parseBytes)
  if (bytes === null || bytes >= mib) return bytes
  reading.problems.error(entry?.value.at ?? 0, path, `${bytes} bytes are less than 1 MiB`, 'write the unit: 512MiB, 8GiB or 20GB')
  return null
}

export function readFlag(reading: Reading, entry: Entry | undefined, path: Path): boolean | null {
  if (!isSet(entry) || !reading.spend(1, entry.value, path)) return null
  const { value } = entry
  if (value.kind === 'text' && value.plain && /^(true|false)$/i.test(value.text)) return value.text.toLowerCase() === 'true'
  reading.wrong(value, path, 'true or false')
  return null
}

/** The texts of a list, each as it was written; `check` says what is wrong with one. */
export function readTexts(
  reading: Reading,
  entry: Entry | undefined,
  path: Path,
  words: { readonly what: string; readonly example: string },
  check: (text: string, node: Node, path: Path) => boolean,
): readonly string[] | null {
  if (!isSet(entry)) return null
  const items = reading.list(entry, path, words.example)
  return items === null
    ? null
    : items.flatMap((item, index) => {
        const here = { up: path, part: index }
        const text = reading.text(item, here, words.what)
        return text !== null && check(text, item, here) ? [text] : []
      })
}

/** A text that is not empty and has no NUL. */
export function readCommand(reading: Reading, entry: Entry | undefined, path: Path, example: string): string | null {
  const text = reading.optionalText(entry, path, 'a command')
  if (text === null || entry === undefined) return null
  if (text.trim() !== '' && !hasNul(text)) return text
  reading.problems.error(entry.value.at, path, hasNul(text) ? 'the command has a NUL character' : 'the command is empty', example)
  return null
}

function compiled(
  reading: Reading,
  entry: Entry | undefined,
  path: Path,
  expected: string,
  parse: (text: string) => number,
): number | null {
  if (!isSet(entry)) return null
  const text = reading.text(entry.value, path, expected)
  if (text === null) return null
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof DistError)) throw error
    reading.problems.error(entry.value.at, path, error.message, error.hint)
    return null
  }
}
