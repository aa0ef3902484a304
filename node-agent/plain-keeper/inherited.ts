// Descriptors that came with the start by mistake: every job would inherit them in turn. Called first by main.ts.
import { closeSync, readdirSync, readFileSync } from 'node:fs'

/** open(2): closed by exec; Node opens everything of its own with it */
const closeOnExec = 0o2000000

/** Closes every descriptor above `last` that an exec would pass on. */
export function closeInherited(last: number): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name)
    if (fd <= last || closesOnExec(fd)) continue
    try {
      closeSync(fd)
    } catch {
      // the listing's own
    }
  }
}

function closesOnExec(fd: number): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '0'
    return (Number.parseInt(flags, 8) & closeOnExec) !== 0
  } catch {
    return true
  }
}
