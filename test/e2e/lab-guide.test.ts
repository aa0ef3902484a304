// The lab guide, typed as it stands: every machine is a network namespace with a host name, an /etc/hosts and a home of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Network } from '../faults/fixtures/network.ts'
import { type Role, runGuide } from '../support/guides/run-guide.ts'
import { needs, skipOrFail } from '../support/needs.ts'

const nodes = ['lab1', 'lab2', 'lab3']
const laptop = 'laptop'

/** Host name and names of the others, then what comes behind it; all of it gone when that ends. */
const settle = 'hostname "$1" && mount --bind "$2" /etc/hosts && shift 2 && exec "$@"'

// The bar is five minutes for a person; the time limit of the test is a fifth of that.
test('docs/guides/five-machines.md gives a head, three agents and pulled results', { timeout: 60_000 }, async (context) => {
  if (process.getuid?.() !== 0) skipOrFail(context, 'needs root: network namespaces')
  needs(context, 'ip', 'nsenter', 'unshare', 'hostname', 'mount')
  const folder = mkdtempSync(join(tmpdir(), 'dist-lab-'))
  const machines = ['head', ...nodes, laptop]
  const network = Network.make(machines)
  try {
    const hosts = join(folder, 'hosts')
    writeFileSync(hosts, ['127.0.0.1 localhost', ...machines.map((name) => `${network.address(name)} ${name}`), ''].join('\n'))
    const play = (name: string): Role => ({
      before: [...network.enter(name), 'unshare', '--mount', '--uts', '/bin/sh', '-c', settle, 'sh', name, hosts],
    })
    const { output, notRun } = await runGuide('docs/guides/five-machines.md', {
      ...play(laptop),
      roles: Object.fromEntries(['head', ...nodes].map((name) => [name, play(name)])),
      replace: pasted,
    })
    console.info(`docs/guides/five-machines.md: not run:${notRun.map(({ line, reason }) => `\n  line ${line}: ${reason}`).join('')}`)
    // what the guide shows was compared; that every node worked is for us to see
    for (const node of nodes) expect(output).toContain(`computed on ${node}`)
  } finally {
    network.remove()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** What the reader pastes: the code and the token that were printed last. */
function pasted(commands: string, said: string): string {
  const last = (pattern: RegExp): string => [...said.matchAll(pattern)].at(-1)?.[1] ?? 'nothing-was-printed'
  return commands.replace(/\bCODE\b/, () => last(/--join (\S+)/g)).replace(/\bTOKEN\b/, () => last(/^(dist_\S+)$/gm))
}
