// Text from the head on a terminal: how wide it is, how to cut it, and without what could steer the terminal.

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u
const invisible = /\p{M}|\p{Cf}/u

/** Columns that `text` takes. */
export function textWidth(text: string): number {
  if (isPlainAscii(text)) return text.length
  let width = 0
  for (const char of text) width += charWidth(char)
  return width
}

/** `text` cut to `width` columns, with … in the place of what is missing. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  if (width <= 0) return ''
  let kept = ''
  let used = 0
  for (const char of text) {
    used += charWidth(char)
    if (used > width - 1) break
    kept += char
  }
  return `${kept}…`
}

/** One line without control characters: names, reasons and hints come from other machines. */
export function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}

function charWidth(char: string): number {
  return wide.test(char) ? 2 : invisible.test(char) ? 0 : 1
}

function isPlainAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code > 0x7e) return false
  }
  return true
}
