// Where `dist up` keeps its head and agent: beside the account's own head, never in its way.
import { dirname, join } from 'node:path'
import { defaultDataFolder } from '../../shared/config/paths.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** `<XDG state>/dist/up` */
export function upFolder(env: Environment): string {
  return join(dirname(defaultDataFolder(env)), 'up')
}

/** Data folder of the head that a bare `dist up` runs. */
export function upDataFolder(env: Environment): string {
  return join(upFolder(env), 'data')
}
