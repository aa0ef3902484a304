// SIGTERM and SIGINT: the first asks for an orderly end, the second ends at once.
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** Calls `onFirst` once, then `onSecond`; returns what takes the handlers away again. */
export function watchSignals(onFirst: (signal: string) => void, onSecond: () => void): () => void {
  let asked = false
  const handler = (signal: NodeJS.Signals) => {
    if (asked) onSecond()
    else {
      asked = true
      onFirst(signal)
    }
  }
  for (const signal of signals) process.on(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}
