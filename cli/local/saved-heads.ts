// Heads that `dist login` saved: `<XDG config>/dist/heads.json`, for this account alone (0600). Used by find-head.ts and the
// commands login and logout.
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { writeAtomic } from '../../shared/files/atomic.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface SavedHead {
  readonly name: string
  readonly url: string
  /** null: the head lets this account in without one */
  readonly token: string | null
}

export interface SavedHeads {
  /** name of the one that is used when nothing else names a head; null = none */
  readonly chosen: string | null
  /** in the order in which they were saved */
  readonly heads: readonly SavedHead[]
}

const none: SavedHeads = { chosen: null, heads: [] }

/** `$XDG_CONFIG_HOME`, which counts only when absolute (XDG Base Directory Specification), else ~/.config. */
export function savedHeadsFile(env: Environment): string {
  const config = env['XDG_CONFIG_HOME']
  const home = env['HOME']
  const base = config !== undefined && isAbsolute(config) ? config : join(home === undefined || home === '' ? homedir() : home, '.config')
  return join(base, 'dist', 'heads.json')
}

/** Throws `usage` when the file is there and cannot be understood. */
export function readSavedHeads(env: Environment): SavedHeads {
  const path = savedHeadsFile(env)
  if (!existsSync(path)) return none
  try {
    // others could read the tokens: closed before anything else happens
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (!isSaved(value)) throw new Error('it has another form')
    return value
  } catch (error) {
    throw new DistError('usage', `cannot use ${path}: ${errorMessage(error)}`, { hint: 'remove it, then: dist login URL', cause: error })
  }
}

/** Null when nothing is chosen. */
export function chosenHead({ chosen, heads }: SavedHeads): SavedHead | null {
  return heads.find(({ name }) => name === chosen) ?? null
}

export function writeSavedHeads(env: Environment, saved: SavedHeads): void {
  const path = savedHeadsFile(env)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeAtomic(path, `${JSON.stringify(saved, null, 2)}\n`, 0o600)
}

/** With this head, in the place of one of the same name; the first is chosen by itself. */
export function withHead({ chosen, heads }: SavedHeads, head: SavedHead, choose: boolean): SavedHeads {
  const others = heads.filter(({ name }) => name !== head.name)
  return { chosen: choose || chosen === null ? head.name : chosen, heads: [...others, head] }
}

/** Without it; of one left behind alone the choice is plain, of several there is none. */
export function withoutHead({ chosen, heads }: SavedHeads, name: string): SavedHeads {
  const left = heads.filter((head) => head.name !== name)
  return { chosen: chosen !== name ? chosen : left.length === 1 ? (left[0]?.name ?? null) : null, heads: left }
}

function isSaved(value: unknown): value is SavedHeads {
  if (typeof value !== 'object' || value === null || !('heads' in value) || !('chosen' in value)) return false
  const { chosen, heads } = value
  return (chosen === null || typeof chosen === 'string') && Array.isArray(heads) && heads.every(isHead)
}

function isHead(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('url' in value) || !('token' in value)) return false
  return typeof value.name === 'string' && typeof value.url === 'string' && (value.token === null || typeof value.token === 'string')
}
