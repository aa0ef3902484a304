// Where programs keep their files unless told: below the XDG state folder of the account. Callers: the mains.
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** The head's data folder. */
export function defaultDataFolder(env: Environment): string {
  return join(stateFolder(env), 'dist', 'head')
}

/** An agent's work folder. */
export function defaultWorkFolder(env: Environment): string {
  return join(stateFolder(env), 'dist', 'agent')
}

/** $XDG_STATE_HOME, which counts only when absolute (XDG Base Directory Specification), else ~/.local/state. */
function stateFolder(env: Environment): string {
  const state = env['XDG_STATE_HOME']
  if (state !== undefined && isAbsolute(state)) return state
  const home = env['HOME']
  return join(home === undefined || home === '' ? homedir() : home, '.local', 'state')
}
