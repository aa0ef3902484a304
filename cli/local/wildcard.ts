// Patterns in selectors: `*` stands for any letters, `?` for one. Pure; time grows with pattern times text, never worse.

export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text)
}

/** True when `pattern` covers all of `text`. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const [wanted, letters] = [[...pattern], [...text]]
  let at = 0
  /** where to go on when what follows the last star does not fit */
  let star = -1
  let from = 0
  for (let i = 0; i < letters.length; ) {
    if (wanted[at] === '*') {
      star = at++
      from = i
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === letters[i])) {
      at++
      i++
    } else if (star >= 0) {
      at = star + 1
      i = ++from
    } else return false
  }
  while (wanted[at] === '*') at++
  return at === wanted.length
}
