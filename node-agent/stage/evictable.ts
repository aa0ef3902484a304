// Which kept things go when they are too much: the longest unused first. Pure.
export interface Kept {
  readonly bytes: number
  /** wall ms */
  readonly usedAt: number
  readonly needed: boolean
}

/** After an eviction this share of the cap is in use, so that it is not done again at once. */
const target = 0.9

/** Of `kept`, what has to go so that at most 90 % of `cap` bytes are left; nothing while all of it fits. Needed ones stay. */
export function evictable<T extends Kept>(kept: readonly T[], cap: number): T[] {
  let bytes = kept.reduce((sum, item) => sum + item.bytes, 0)
  if (bytes <= cap) return []
  const gone: T[] = []
  for (const item of kept.filter(({ needed }) => !needed).sort((a, b) => a.usedAt - b.usedAt)) {
    if (bytes <= cap * target) break
    bytes -= item.bytes
    gone.push(item)
  }
  return gone
}
