// The nearest known word, for `did you mean`. Used for keys of files, names of files, commands and flags.

/** The word of `known` that `word` is probably meant to be, or null. Case, `-` and `_` count as equal. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const wanted = plain(word)
  if (wanted === '' || wanted.length > 60) return null
  let best: string | null = null
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of known) {
    const other = plain(candidate)
    const shorter = Math.min(other.length, wanted.length)
    const begins = shorter >= 4 && (other.startsWith(wanted) || wanted.startsWith(other))
    if (!begins && Math.abs(other.length - wanted.length) >= least) continue
    const steps = begins ? Math.min(1, distance(wanted, other)) : distance(wanted, other)
    if (steps < least) {
      best = candidate
      least = steps
    }
  }
  return best
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll('-', '_')
}

/** Letters to insert, delete, replace or swap with their neighbour. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let steps = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) steps = Math.min(steps, (before[j - 2] ?? 0) + 1)
      row.push(steps)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}
