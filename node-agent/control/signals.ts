// SIGTERM, SIGINT and SIGHUP: each one goes a step further than the one before. A repeat within half a second is the same
// one: a terminal and a parent may both pass a signal on, and the kernel sends a parent-death signal once a dying thread.
const sameSignalMs = 500
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

type Step = (signal: string) => void

/** The n-th signal calls the n-th step, further ones the last; returns what takes the handlers away again. */
export function watchSignals(...steps: readonly [Step, ...Step[]]): () => void {
  let askedAt: number | null = null
  let next = 0
  const handler = (signal: NodeJS.Signals) => {
    const now = performance.now()
    if (askedAt !== null && now - askedAt <= sameSignalMs) return
    askedAt = now
    steps[Math.min(next++, steps.length - 1)]?.(signal)
  }
  for (const signal of signals) process.on(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}
