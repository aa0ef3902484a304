// SIGTERM and SIGINT: the first asks for an orderly end, the second ends at once. A repeat within half a second is the same
// one: a terminal and a parent may both pass a signal on, and the kernel sends a parent-death signal once a dying thread.
const sameSignalMs = 500
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** Calls `onFirst` once, then `onSecond`; returns what takes the handlers away again. */
export function watchSignals(onFirst: (signal: string) => void, onSecond: () => void): () => void {
  let askedAt: number | null = null
  const handler = (signal: NodeJS.Signals) => {
    const now = performance.now()
    if (askedAt === null) {
      askedAt = now
      onFirst(signal)
    } else if (now - askedAt > sameSignalMs) onSecond()
  }
  for (const signal of signals) process.on(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}
