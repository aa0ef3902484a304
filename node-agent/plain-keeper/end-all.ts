// The end of everything that belongs to a run or was left in a slot. Called by the keeper when a run's first process has
// ended or must end, and by recover.ts.
import { setTimeout as pause } from 'node:timers/promises'
import type { Members } from './members.ts'
import { hasEnded, type ProcessFacts, readProcess, signal } from './processes.ts'

/** An empty look while processes come and go is no proof; so many in a row are taken for one. */
const emptyLooks = 5
const pollMs = 2
const firstComplaintMs = 10_000
const nextComplaintMs = 60_000

/** Resolves when no member is left. `found` hears of each before it is killed. */
export async function endAll(members: Members, complain: (text: string) => void, found?: (facts: ProcessFacts) => void): Promise<void> {
  const beyond = new Set<number>()
  for (let empty = 0; empty < emptyLooks; ) {
    const { present, unsteady } = members.look()
    const left = present.filter((facts) => !hasEnded(facts) && !beyond.has(facts.pid))
    if (left.length === 0) {
      empty = unsteady ? empty + 1 : emptyLooks
      continue
    }
    empty = 0
    if (found !== undefined) left.forEach(found)
    const killed = killMembers(left)
    for (const facts of left) if (!killed.includes(facts)) beyond.add(facts.pid)
    await untilGone(killed, complain)
  }
}

/** SIGKILL for each; returns those that we may signal. */
export function killMembers(members: readonly ProcessFacts[]): ProcessFacts[] {
  return members.filter((facts) => signal(facts.pid, 'SIGKILL'))
}

/** A process that has ended and is not waited for counts as gone. */
async function untilGone(killed: readonly ProcessFacts[], complain: (text: string) => void): Promise<void> {
  let tellAt = performance.now() + firstComplaintMs
  for (;;) {
    const alive = killed.filter(({ pid, started }) => {
      const facts = readProcess(pid)
      return facts !== null && facts.started === started && !hasEnded(facts)
    })
    if (alive.length === 0) return
    if (performance.now() > tellAt) {
      tellAt += nextComplaintMs
      complain(`waiting for the end of killed processes ${alive.map(({ pid }) => pid).join(', ')}`)
    }
    await pause(pollMs)
  }
}
