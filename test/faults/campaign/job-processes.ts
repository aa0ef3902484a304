// Living processes by their environment: what jobs started, wherever it hid. Zombies are none.
import { readdirSync, readFileSync } from 'node:fs'
import { isAlive } from '../../support/processes.ts'

/** One line for each process of a job whose agent works below `folder` and that has all these variables. */
export function processesWith(folder: string, variables: Readonly<Record<string, string>>): string[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || pid === process.pid) return []
    const environment = `\0${read(pid, 'environ')}`
    // other clusters on this machine have jobs of their own
    const below = environment.includes(`\0DIST_SLOT=${folder}/`)
    const found = below && Object.entries(variables).every(([name, value]) => environment.includes(`\0${name}=${value}\0`))
    return found && isAlive(pid) ? [`${pid} ${read(pid, 'cmdline').replaceAll('\0', ' ')}${/DIST_ATTEMPT=\w+/.exec(environment)?.[0]}`] : []
  })
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}
