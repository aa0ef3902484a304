// The machines of a guide as network namespaces: each with a host name, an /etc/hosts with all of them and (run-guide.ts) a
// home of its own. Processes and files they share, so everything can be ended and removed from here.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { Network } from '../../faults/fixtures/network.ts'
import { needs, skipOrFail } from '../needs.ts'
import { type GuideReport, type Role, runGuide } from './run-guide.ts'

export interface Lab {
  /** whose terminal a block without `role=` is typed in */
  readonly reader: string
  /** the machines of `role=NAME` */
  readonly others: readonly string[]
  /** folders of the guide that are below a temporary folder in the test, such as /srv/dist */
  readonly folders?: readonly string[]
}

/** Host name and names of the others, then what comes behind it; all of it is gone when that ends. */
const settle = 'hostname "$1" && mount --bind "$2" /etc/hosts && shift 2 && exec "$@"'

/** Does what the guide says on these machines, and tells what was left out. Skips where they cannot be had. */
export async function runInLab(guide: string, context: TestContext, { reader, others, folders = [] }: Lab): Promise<GuideReport> {
  if (process.getuid?.() !== 0) skipOrFail(context, 'needs root: network namespaces')
  needs(context, 'ip', 'nsenter', 'unshare', 'hostname', 'mount')
  const folder = mkdtempSync(join(tmpdir(), 'dist-lab-'))
  const machines = [...others, reader]
  const network = Network.make(machines)
  try {
    const hosts = join(folder, 'hosts')
    writeFileSync(hosts, ['127.0.0.1 localhost', ...machines.map((name) => `${network.address(name)} ${name}`), ''].join('\n'))
    const play = (name: string): Role => ({
      before: [...network.enter(name), 'unshare', '--mount', '--uts', '/bin/sh', '-c', settle, 'sh', name, hosts],
    })
    const moved = (commands: string): string => folders.reduce((text, path) => text.replaceAll(path, join(folder, path)), commands)
    const roles = Object.fromEntries(others.map((name) => [name, play(name)]))
    const report = await runGuide(guide, { ...play(reader), roles, replace: (commands, said) => pasted(moved(commands), said) })
    console.info(leftOut(guide, report))
    return report
  } finally {
    network.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the reader pastes: the code and the token that were printed last. */
function pasted(commands: string, said: string): string {
  const last = (pattern: RegExp): string => [...said.matchAll(pattern)].at(-1)?.[1] ?? 'nothing-was-printed'
  return commands.replace(/\bCODE\b/, () => last(/--join (\S+)/g)).replace(/\bTOKEN\b/, () => last(/^(dist_\S+)$/gm))
}

/** Which blocks were left out, and why. */
function leftOut(guide: string, { ran, notRun }: GuideReport): string {
  return `${guide}: ${ran} blocks run, ${notRun.length} not${notRun.map(({ line, reason }) => `\n  line ${line} not run: ${reason}`).join('')}`
}
