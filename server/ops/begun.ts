// A generator whose first item is there: what it refuses is then told as an answer, not as a broken stream. It is ended
// when the signal fires, also when nobody ever asked for its next item: its `finally` gives back what it holds.

/** Rejects with what `items` throws before its first item. */
export async function begun<T>(items: AsyncGenerator<T>, signal: AbortSignal): Promise<AsyncIterable<T>> {
  const first = await items.next()
  const end = (): void => void items.return(undefined).catch(() => undefined)
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  return rest(first, items)
}

async function* rest<T>(first: IteratorResult<T, unknown>, items: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    for (let next = first; next.done !== true; next = await items.next()) yield next.value
  } finally {
    await items.return(undefined)
  }
}
