// Drops what a failure does not need: greedily, in ever smaller pieces, as long as it still fails. Used by tell.ts.

/**
 * A part of `items`, in order, for which `fails` still holds and from which no single item can be left out (when `fails`
 * depends on the items alone). Stops earlier when `enough` says so.
 */
export async function shrink<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
  enough: () => boolean = () => false,
): Promise<readonly T[]> {
  let left = items
  let size = Math.ceil(left.length / 2)
  while (size >= 1 && !enough()) {
    let dropped = false
    for (let at = 0; at < left.length && !enough(); ) {
      const without = [...left.slice(0, at), ...left.slice(at + size)]
      if (await fails(without)) {
        left = without
        dropped = true
      } else at += size
    }
    // an item that was needed may not be any more: single ones are gone through until none can go
    if (size > 1) size = Math.ceil(size / 2)
    else if (!dropped) break
  }
  return left
}
