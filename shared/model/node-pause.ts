// A node that was paused by a person: it gets no new work, what runs there goes on. Times are wall ms.

export interface NodePause {
  readonly by: string
  readonly at: number
  /** null = until somebody resumes it */
  readonly until: number | null
}

/** The pause in a row of the store, unless it is over. */
export function currentPause(text: string | null, now: number): NodePause | null {
  if (text === null) return null
  const pause = JSON.parse(text) as NodePause
  return pause.until !== null && pause.until <= now ? null : pause
}
