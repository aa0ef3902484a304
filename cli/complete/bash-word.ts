// bash gives the line as it was typed and splits words at more than spaces (: = @). Here a line is split as the shell would
// run it, and a candidate is made into what bash has to put in the place of the piece that it calls the word. Pure.

export interface BashLine {
  /** words without quotes and backslashes; the last is the one at the cursor, maybe empty */
  readonly words: readonly string[]
  /** the last one as it was typed */
  readonly raw: string
}

/** Null for an open quote: what stands in it would have to be quoted in another way. */
export function splitBashLine(line: string): BashLine | null {
  const words: string[] = []
  let word = ''
  let raw = ''
  let quote: string | null = null
  let inWord = false
  for (let i = 0; i < line.length; i++) {
    const char = line[i] ?? ''
    if (quote === null && /\s/.test(char)) {
      if (inWord) words.push(word)
      word = raw = ''
      inWord = false
      continue
    }
    inWord = true
    raw += char
    if (quote !== null) {
      if (char === quote) quote = null
      else if (char === '\\' && quote === '"' && i + 1 < line.length) {
        i++
        word += line[i]
        raw += line[i]
      } else word += char
    } else if (char === '"' || char === "'") quote = char
    else if (char === '\\') {
      i++
      word += line[i] ?? ''
      raw += line[i] ?? ''
    } else word += char
  }
  return quote === null ? { words: [...words, word], raw } : null
}

/** Every letter that bash could see something in gets a backslash. */
export function escapeBash(text: string): string {
  return text.replace(/[^A-Za-z0-9_./:@%+,=\-\u0080-\uffff]/g, '\\$&')
}

/**
 * What to print for a candidate; null when it does not go on with what was typed. `piece`: what bash takes for the word, the
 * end of `raw`.
 */
export function bashReply(value: string, raw: string, piece: string): string | null {
  const whole = escapeBash(value)
  if (!whole.startsWith(raw)) return null
  return raw.endsWith(piece) ? whole.slice(raw.length - piece.length) : whole
}
