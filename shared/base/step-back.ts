// A process that may wait lets others go first: a person who looks at the head, jobs on the same machine.
import { readdirSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

/** With all cores busy, about a tenth of what an ordinary thread gets. */
const steps = 10

/**
 * Raises the nice level of every thread that the process has; what it starts later inherits it. Linux counts niceness by
 * thread, and collecting garbage alone takes a core of its own. Where it is not allowed nothing changes.
 */
export function stepBack(): void {
  for (const thread of ownThreads()) {
    try {
      setPriority(thread, Math.min(getPriority(thread) + steps, constants.priority.PRIORITY_LOW))
    } catch {
      // it ended meanwhile, or the system does not want it
    }
  }
}

function ownThreads(): readonly number[] {
  try {
    return readdirSync('/proc/self/task').map(Number)
  } catch {
    return [process.pid]
  }
}
