// Which head a command talks to, and with which token. A flag beats the environment, which beats what `dist login` saved,
// which beats the account's own head. --head and DIST_HEAD take the name of a saved head too.
import { hostname, networkInterfaces } from 'node:os'
import { DistError } from '../../shared/base/errors.ts'
import { type AccountHead, accountHeads } from './account-head.ts'
import { defaultPort, headUrl } from './head-address.ts'
import { chosenHead, readSavedHeads, type SavedHead, type SavedHeads } from './saved-heads.ts'

export interface HeadFlags {
  readonly head?: string
  readonly ip?: string
  readonly port?: string
}

export interface FoundHead {
  readonly url: string
  /** asked at every request; throws `unreachable` when the account's head is not running */
  readonly token: () => string | null
}

type Environment = Readonly<Record<string, string | undefined>>

/** Throws `unreachable` when nothing names a head. */
export function findHead(flags: HeadFlags, env: Environment): FoundHead {
  const secret = filled(env['DIST_TOKEN'])
  const saved = readSavedHeads(env)
  const named = namedHead(flags, env, saved)
  if (named !== null) {
    // a saved token, and the account's, go to the head that they are of: any other address may belong to someone else
    const login = named.login ?? saved.heads.find(({ url }) => url === named.url)
    const own = accountHeads(env).find((head) => isSamePlace(named.url, head.url))
    return { url: named.url, token: () => secret ?? login?.token ?? own?.token() ?? null }
  }
  const chosen = chosenHead(saved)
  if (chosen !== null) return { url: chosen.url, token: () => secret ?? chosen.token }
  const own = accountHeads(env)[0]
  if (own === undefined) {
    throw new DistError(
      'unreachable',
      'no head is known: this account runs none, none is saved, and neither --head nor DIST_HEAD names one',
      {
        hint: 'start one here with `dist up` or `dist serve`, or save one: dist login http://HOST:8952',
      },
    )
  }
  return { url: own.url, token: () => secret ?? ownToken(own) }
}

interface NamedHead {
  readonly url: string
  /** when it was named by the name of a saved one */
  readonly login?: SavedHead
}

/** The address from flags or environment; null when neither has one. */
function namedHead(flags: HeadFlags, env: Environment, saved: SavedHeads): NamedHead | null {
  const byName = (text: string, origin: string): NamedHead => {
    const login = saved.heads.find(({ name }) => name === text)
    return login === undefined ? { url: headUrl(text, origin) } : { url: login.url, login }
  }
  if (flags.head !== undefined) return byName(flags.head, '--head')
  if (flags.ip !== undefined) {
    const host = flags.ip.includes(':') ? `[${flags.ip}]` : flags.ip
    return { url: headUrl(`${host}:${flags.port ?? defaultPort}`, '--ip/--port') }
  }
  const fromEnv = filled(env['DIST_HEAD'])
  if (fromEnv !== undefined) return byName(fromEnv, 'DIST_HEAD')
  return flags.port === undefined ? null : { url: headUrl(`127.0.0.1:${flags.port}`, '--port') }
}

function ownToken(head: AccountHead): string | null {
  if (head.isRunning()) return head.token()
  throw new DistError('unreachable', `the head of this account is not running (it was at ${head.url})`, {
    hint: 'start it with `dist serve`, or name another: --head http://HOST:8952',
  })
}

/** True when both addresses mean the same port of this machine, or are the same text. */
function isSamePlace(a: string, b: string): boolean {
  if (a === b) return true
  const [left, right] = [new URL(a), new URL(b)]
  return left.port === right.port && isThisMachine(left.hostname) && isThisMachine(right.hostname)
}

function isThisMachine(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (name === 'localhost' || name === '::1' || name === '0.0.0.0' || name === '::' || name.startsWith('127.')) return true
  if (name === hostname().toLowerCase()) return true
  return Object.values(networkInterfaces()).some((list) => list?.some((entry) => entry.address === name) === true)
}

function filled(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim()
}
