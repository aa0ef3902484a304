// Puts a unit where systemd looks for it, or where the user wants to see it, and says what to type next. Called by the two
// programs' install-service.ts.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { DistError, errorMessage } from '../base/errors.ts'
import { writeAtomic } from '../files/atomic.ts'
import { nextSteps } from './next-steps.ts'
import type { ServiceRequest } from './service-flags.ts'
import { type Daemon, renderUnit } from './unit.ts'

export interface Installation {
  readonly daemon: Daemon
  readonly request: ServiceRequest
  /** arguments of the daemon, as serviceArguments makes them */
  readonly args: readonly string[]
  /** absolute path of its data or work folder */
  readonly folder: string
  /** ms */
  readonly stopWithin: number
  /** a unit of the system is written, else one of this user */
  readonly isRoot: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Writes the unit; returns what to print. `exists` when another one is there, `usage` for what cannot be. */
export function installUnit(installation: Installation): string {
  const { daemon, request, folder, env, isRoot } = installation
  if (request.account !== null && !isRoot) {
    throw new DistError('usage', '--account needs root: a unit of your own runs as you', { hint: 'leave it out, or use sudo' })
  }
  const text = renderUnit({
    daemon,
    account: isRoot ? (request.account ?? ownerOf(folder)) : null,
    command: [process.execPath, ...process.execArgv, realpathSync(process.argv[1] ?? ''), ...installation.args],
    folder,
    path: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    stopWithin: installation.stopWithin,
    systemd: systemdVersion(),
  })
  if (request.output === '-') return text
  const place = unitFolder(isRoot, env)
  const path = join(request.output === null ? place : resolve(request.output), `${daemon}.service`)
  const before = existsSync(path) ? readFileSync(path, 'utf8') : null
  if (before !== null && before !== text && !request.force) {
    throw new DistError('exists', `${path} is there already and says something else`, {
      hint: 'look at the new one with --output -, then replace it with --force',
    })
  }
  if (before !== text) write(path, text)
  if (request.output !== null) return `wrote ${path}\nSystemd does not look there. The place for it is ${place}\n`
  const state = before === null ? 'new' : before === text ? 'same' : 'replaced'
  return nextSteps({ daemon, path, state, user: isRoot ? null : userInfo().username })
}

function write(path: string, text: string): void {
  try {
    mkdirSync(join(path, '..'), { recursive: true })
    writeAtomic(path, text)
  } catch (cause) {
    throw new DistError('usage', `cannot write ${path}: ${errorMessage(cause)}`, { hint: 'print it with --output -', cause })
  }
}

/** Where an administrator's units lie, or the user's own (systemd.unit(5), "Unit file load path"). */
function unitFolder(isRoot: boolean, env: Installation['env']): string {
  if (isRoot) return '/etc/systemd/system'
  const config = env['XDG_CONFIG_HOME']
  return join(config !== undefined && isAbsolute(config) ? config : join(env['HOME'] || homedir(), '.config'), 'systemd', 'user')
}

/** The name of the account that a folder belongs to; of the one that runs this when there is no folder. */
export function ownerOf(folder: string): string {
  const stats = statSync(folder, { throwIfNoEntry: false })
  return stats === undefined ? userInfo().username : execFileSync('id', ['-nu', String(stats.uid)], { encoding: 'utf8' }).trim()
}

/** null where there is none. */
function systemdVersion(): number | null {
  try {
    const said = execFileSync('systemctl', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return Number(/^systemd (\d+)/.exec(said)?.[1] ?? Number.NaN) || null
  } catch {
    return null
  }
}
