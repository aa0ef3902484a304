// A real systemd, as the manager of a plain user, in a sandbox of its own: processes, mounts, network and user. It ends as a
// whole with the script that is run beside it. Nothing of this machine's own systemd, if it has one, is seen or touched.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { logTail } from './daemon.ts'
import { needs, needsPath, skipOrFail } from './needs.ts'
import { expectNoProcesses } from './processes.ts'
import { fromSource, type Program, programArgv } from './programs.ts'
import { until } from './until.ts'

const systemd = '/lib/systemd/systemd'

/** Into the cgroups; then namespaces and what systemd looks for before it starts; then as user 1000, who owns all of it. */
const sandbox = `
for group in $GROUPS_OF_TEST; do echo $$ > $group/cgroup.procs; done
exec unshare --pid --fork --kill-child --mount --mount-proc --net /bin/sh -ec '
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
exec unshare --user --map-user=1000 --map-group=1000 /bin/sh -e "$0"' "$1"
`

/** `dist`, `dist-server` and `dist-agent`, and a manager that runs. */
function preamble(): string {
  const asFunction = (name: string, program: Program): string =>
    `${name}() { ${programArgv(program)
      .map((word) => `'${word}'`)
      .join(' ')} "$@"; }\n`
  const programs = asFunction('dist', 'cli') + asFunction('dist_server', 'server') + asFunction('dist_agent', 'node-agent')
  const manager = `${systemd} --user --log-target=console --log-level=warning &\n`
  return `${programs}${manager}until systemctl --user is-system-running >/dev/null 2>&1; do sleep 0.05; done\ncd\n`
}

/**
 * Runs a script of /bin/sh -e in the home of a user whose systemd runs; answers what it printed. Throws with that when it fails or
 * takes over `within` ms. Skips where this cannot be had.
 */
export async function underSystemd(context: TestContext, script: string, within = 50_000): Promise<string> {
  if (process.getuid?.() !== 0) skipOrFail(context, 'needs root: namespaces and cgroups')
  if (fromSource) context.skip('units start the built programs')
  needs(context, 'systemctl', 'unshare', 'setpriv', 'ip', 'mount')
  needsPath(context, systemd, 'systemd')
  const folder = mkdtempSync(join(tmpdir(), 'dist-systemd-'))
  const groups: string[] = []
  try {
    for (const hierarchy of hierarchies()) {
      const group = join(hierarchy, `dist-test-${process.pid}`)
      try {
        mkdirSync(group)
      } catch {
        context.skip(`no cgroup can be made in ${hierarchy}`)
      }
      groups.push(group)
    }
    const [home, runtime] = [join(folder, 'home'), join(folder, 'run')]
    mkdirSync(home)
    mkdirSync(runtime, { mode: 0o700 })
    const env = {
      PATH: '/usr/bin:/bin:/usr/sbin:/sbin',
      HOME: home,
      XDG_RUNTIME_DIR: runtime,
      GROUPS_OF_TEST: groups.join(' '),
    }
    const services = join(home, '.config', 'systemd', 'user', 'service.d')
    mkdirSync(services, { recursive: true })
    // there is no journal
    const log = join(folder, 'daemons.log')
    writeFileSync(join(services, 'log.conf'), `[Service]\nStandardOutput=append:${log}\nStandardError=append:${log}\n`)
    const file = join(folder, 'script')
    writeFileSync(file, preamble() + script)
    const argv = ['--pdeathsig', 'KILL', '/bin/sh', '-ec', sandbox, 'sh', file]
    const { code, text } = await finish(spawn('setpriv', argv, { env, stdio: 'pipe' }), within)
    if (code !== 0) throw new Error(`exit status ${code ?? `none within ${within} ms`}\n${text}\n${logTail(log)}`)
    return text
  } finally {
    await expectNoProcesses(folder)
    for (const group of groups) await until(`${group} is empty`, () => removeGroup(group), { within: 5000 })
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Where systemd keeps its groups: version 2 alone, or its own hierarchy of version 1 with version 2 beside. */
function hierarchies(): readonly string[] {
  const hybrid = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'].filter((path) => existsSync(join(path, 'cgroup.procs')))
  return hybrid.length > 0 ? hybrid : ['/sys/fs/cgroup']
}

function removeGroup(group: string): boolean {
  try {
    for (const entry of readdirSync(group, { withFileTypes: true })) if (entry.isDirectory()) removeGroup(join(group, entry.name))
    rmdirSync(group)
    return true
  } catch {
    return !existsSync(group)
  }
}

async function finish(child: ReturnType<typeof spawn>, within: number): Promise<{ readonly code: number | null; readonly text: string }> {
  let text = ''
  const take = (chunk: Buffer): void => {
    text += chunk.toString()
  }
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', take)
  child.stdin?.end()
  const timer = setTimeout(() => child.kill('SIGKILL'), within)
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  clearTimeout(timer)
  return { code, text }
}
