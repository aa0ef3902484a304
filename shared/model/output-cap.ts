// How much of an attempt's output is kept: its first and its last bytes. The keeper cuts by the same numbers
// (python/keeper_output.py), the head keeps live output by them, and whoever reads output meets the gap's mark.

/** Bytes kept from the start of an output that is longer than both together. */
export const keptHead = 32 << 20
/** Bytes kept from its end. */
export const keptTail = 32 << 20

/** The line that stands where bytes [from, to) of an output are missing; begins and ends with a line break. */
export function missingMark(from: number, to: number): string {
  return `\n[dist: bytes ${from} to ${to} of this output are missing here]\n`
}

/** Longer than any mark. */
export const markBytes = 128

/** The mark at the start of `text`, its length and its numbers; null when there is none. */
export function readMark(text: string): { readonly length: number; readonly from: number; readonly to: number } | null {
  const found = /^\n\[dist: bytes (\d{1,16}) to (\d{1,16}) of this output are missing here\]\n/.exec(text)
  return found === null ? null : { length: found[0].length, from: Number(found[1]), to: Number(found[2]) }
}
