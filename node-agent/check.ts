// `dist-agent --check`: looks at this machine as a node, agent running or not, and says what is right and what is not, for
// `dist doctor`. Changes nothing. Called by main.ts.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DistError, errorMessage } from '../shared/base/errors.ts'
import { tryLock } from '../shared/files/lock.ts'
import { networkDisk } from '../shared/files/network-disk.ts'
import type { Check } from '../shared/model/check.ts'
import { formatBytes } from '../shared/text/bytes.ts'
import { probeDisk } from './probe/disk.ts'
import { probeLimits } from './probe/limits.ts'
import { probePython } from './probe/python.ts'
import { findProgram } from './stage/find-program.ts'

/** `work` may not be there yet. Everything that a node needs, in the order in which it would miss it. */
export async function checkNode(work: string, env: NodeJS.ProcessEnv): Promise<Check[]> {
  const path = env['PATH']
  const folder = existing(resolve(work))
  const python = probePython(env)
  return [
    python === null
      ? problem('node python3', 'there is no python3 that works on the PATH', 'install python3: every job is started by it')
      : ok('node python3', `${python.version}, ${python.path}`),
    program('node flock', 'flock', path, 'problem', 'install util-linux (apt install util-linux): work folders are locked by it'),
    workFolder(resolve(work)),
    disk(folder),
    space(folder),
    await limits(python?.path ?? null, folder),
    userNamespaces(path),
    apptainer(path, env),
  ]
}

const ok = (name: string, message: string): Check => ({ name, level: 'ok', message })
const warning = (name: string, message: string, hint: string): Check => ({ name, level: 'warning', message, hint })
const problem = (name: string, message: string, hint: string): Check => ({ name, level: 'problem', message, hint })

function program(name: string, command: string, path: string | undefined, level: 'warning' | 'problem', hint: string): Check {
  const found = findProgram(command, path)
  return found === null ? { name, level, message: `there is no ${command} on the PATH`, hint } : ok(name, found)
}

/** The folder itself, or the nearest one above it that is there. */
function existing(path: string): string {
  for (let at = path; ; at = dirname(at)) if (existsSync(at) || at === dirname(at)) return at
}

function workFolder(work: string): Check {
  const name = 'node work folder'
  if (!existsSync(work)) return ok(name, `${work}, not there yet: no agent has joined a head from here`)
  const lock = join(work, 'agent.lock')
  try {
    const unlock = existsSync(lock) ? tryLock(lock) : (): void => undefined
    unlock?.()
    return ok(name, `${work}, ${unlock === null ? 'an agent runs on it' : 'no agent runs on it'}`)
  } catch (error) {
    const hint = error instanceof DistError ? error.hint : undefined
    return problem(name, errorMessage(error), hint ?? 'run it as the account that runs the agent')
  }
}

function disk(folder: string): Check {
  const network = networkDisk(folder)
  if (network === null) return ok('node disk', 'on a disk of this machine')
  return problem(
    'node disk',
    `${folder} is on a network file system (${network}), which an agent refuses`,
    'give a folder on a disk of this machine: dist-agent --work DIR',
  )
}

function space(folder: string): Check {
  const { bavail, bsize } = statfsSync(folder)
  const free = `${formatBytes(bavail * bsize)} free`
  if (!probeDisk(folder).low) return ok('node space', free)
  return warning(
    'node space',
    `only ${free}: the node takes no new jobs`,
    'free space on it, or choose another folder: dist-agent --work DIR',
  )
}

async function limits(python: string | null, folder: string): Promise<Check> {
  const kind = python === null ? null : await probeLimits(python, folder)
  if (kind !== null) return ok('node memory limits', `jobs are held to their memory by ${kind}`)
  return warning(
    'node memory limits',
    "no memory cgroup may be written here: a job's `memory` only decides what fits beside it",
    'run the agent as a systemd service with Delegate=yes, or as root',
  )
}

function userNamespaces(path: string | undefined): Check {
  const name = 'node namespaces'
  const unshare = findProgram('unshare', path)
  if (unshare === null) return warning(name, 'there is no unshare to try user namespaces with', 'install util-linux')
  const run = spawnSync(unshare, ['--user', '--map-root-user', 'true'], { stdio: 'ignore', timeout: 10_000 })
  if (run.status === 0) return ok(name, 'user namespaces can be made')
  const setting = ['kernel/unprivileged_userns_clone', 'user/max_user_namespaces', 'kernel/apparmor_restrict_unprivileged_userns']
    .map((part) => [part.replace('/', '.'), text(`/proc/sys/${part}`)] as const)
    .find(([part, value]) => value !== null && value === (part.startsWith('kernel.apparmor') ? '1' : '0'))
  return warning(
    name,
    `user namespaces cannot be made${setting === undefined ? '' : ` (${setting[0]} = ${setting[1]})`}: apptainer images and sandboxes need them`,
    setting === undefined
      ? 'a container that forbids them has to allow them'
      : `an administrator of this machine can set ${setting[0]} with sysctl`,
  )
}

function apptainer(path: string | undefined, env: NodeJS.ProcessEnv): Check {
  const name = 'node apptainer'
  const found = findProgram('apptainer', path) ?? findProgram('singularity', path)
  if (found === null) return warning(name, 'there is none: the node gets no apptainer jobsets', 'install apptainer if it should')
  const run = spawnSync(found, ['--version'], { env, encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'ignore'] })
  if (run.status === 0) return ok(name, `${run.stdout.trim()}, ${found}`)
  return problem(name, `${found} does not start`, 'try it by hand: apptainer --version')
}

function text(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}
