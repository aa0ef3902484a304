// Asks git about the tree in which a jobset file lies, while the file is being read. Nothing is written there, no hook and no
// program of the repository's configuration is run, and a tree that is too large to look at soon is recorded as unknown.
import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { DistError } from '../../shared/base/errors.ts'
import type { GitState } from '../../shared/model/submission.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface GitLook {
  /** `inputs`: absolute paths. Null when git is not installed or refuses the tree. */
  state(inputs: ReadonlySet<string>): Promise<GitState | null>
  /** Tracked files that differ from the commit and inputs that git does not know, by path below the tree. Throws `usage`. */
  unclean(inputs: ReadonlySet<string>): Promise<readonly string[]>
}

/** ms to wait for its answers, counted from when they are asked for: reading a large file may have kept us from listening */
const patience = 3000
const strictPatience = 60_000
const mostOutput = 256 << 20

/** Begins to look at once; null where no folder above `folder` has a `.git`. */
export function lookAtGit(folder: string, env: Environment, signal: AbortSignal): GitLook | null {
  const root = treeAbove(folder)
  if (root === null) return null
  const late = new AbortController()
  const ask = (...args: string[]) => git(root, args, env, AbortSignal.any([signal, late.signal]))
  const within = async <T>(ms: number, answer: Promise<T>): Promise<T> => {
    const timer = setTimeout(() => late.abort(), ms)
    try {
      return await answer
    } finally {
      clearTimeout(timer)
    }
  }
  const status = ask('status', '--porcelain=v2', '--branch', '-z', '--untracked-files=no', '--ignore-submodules=none')
  const tracked = ask('ls-files', '-z')
  const remote = ask('remote', 'get-url', 'origin')
  const untrackedOf = async (inputs: ReadonlySet<string>): Promise<string[]> => {
    const known = new Set((await tracked).text?.split('\0'))
    const inside = [...inputs].flatMap((path) => below(root, path) ?? [])
    return inside.filter((path) => !known.has(path))
  }
  return {
    async state(inputs) {
      const [{ text, missing }, address, list] = await within(patience, Promise.all([status, remote, tracked]))
      if (missing || (text === null && list.text === null)) return null
      const read = text === null ? { commit: null, branch: null, changed: null } : readStatus(text)
      const untracked = await untrackedOf(inputs)
      return {
        commit: read.commit,
        branch: read.branch,
        dirty: read.changed === null ? null : read.changed.length > 0,
        untracked: untracked.length,
        remote: address.text === null ? null : withoutCredentials(address.text.trim()),
      }
    },
    async unclean(inputs) {
      const [{ text, missing, why }] = await within(strictPatience, Promise.all([status, tracked]))
      if (text === null) {
        const hint = missing ? 'install git, or leave --require-clean-git out' : 'see what it says there, or leave --require-clean-git out'
        throw new DistError('usage', `git cannot tell the state of ${root}${why === '' ? '' : `: ${why}`}`, { hint })
      }
      return [...readStatus(text).changed, ...(await untrackedOf(inputs))]
    },
  }
}

interface Answer {
  /** null = it failed */
  readonly text: string | null
  /** no git on this machine */
  readonly missing: boolean
  readonly why: string
}

function git(root: string, args: readonly string[], env: Environment, signal: AbortSignal): Promise<Answer> {
  const quiet = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-C', root]
  // variables such as GIT_DIR would speak of another tree
  const clean = Object.fromEntries(Object.entries(env).filter(([key]) => !key.startsWith('GIT_')))
  const options = { env: { ...clean, LC_ALL: 'C' }, signal, maxBuffer: mostOutput, killSignal: 'SIGKILL' } as const
  return new Promise((resolve) => {
    execFile('git', [...quiet, ...args], options, (error, stdout, stderr) => {
      const missing = error !== null && 'code' in error && error.code === 'ENOENT'
      resolve({ text: error === null ? stdout : null, missing, why: stderr.trim().split('\n')[0] ?? '' })
    })
  })
}

/** Output of `git status --porcelain=v2 --branch -z`. */
export function readStatus(text: string): { readonly commit: string | null; readonly branch: string | null; readonly changed: string[] } {
  let commit: string | null = null
  let branch: string | null = null
  const changed: string[] = []
  const records = text.split('\0').values()
  for (const record of records) {
    const [, oid] = /^# branch\.oid ([0-9a-f]+)$/.exec(record) ?? []
    const [, head] = /^# branch\.head (.+)$/.exec(record) ?? []
    if (oid !== undefined) commit = oid
    else if (head !== undefined) branch = head === '(detached)' ? null : head
    else if (record.startsWith('1 ')) changed.push(record.split(' ').slice(8).join(' '))
    else if (record.startsWith('u ')) changed.push(record.split(' ').slice(10).join(' '))
    else if (record.startsWith('2 ')) {
      changed.push(record.split(' ').slice(9).join(' '))
      // the path that it had before
      records.next()
    }
  }
  return { commit, branch, changed }
}

/** `https://anna:secret@lab.org/x.git?token=1` -> `https://lab.org/x.git`; scp's `git@lab.org:x.git` has no secret. */
export function withoutCredentials(address: string): string {
  const match = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^?#]*)/i.exec(address)
  if (match === null) return address
  const [, scheme = '', authority = '', path = ''] = match
  return `${scheme}${authority.slice(authority.lastIndexOf('@') + 1)}${path}`
}

function treeAbove(folder: string): string | null {
  let at = real(folder)
  for (;;) {
    if (existsSync(join(at, '.git'))) return at
    const up = dirname(at)
    if (up === at) return null
    at = up
  }
}

/** The path below `root` as git writes it; null when it lies elsewhere. */
function below(root: string, path: string): string | null {
  const begin = root.endsWith(sep) ? root : root + sep
  const found = [path, join(real(dirname(path)), path.slice(path.lastIndexOf(sep) + 1))].find((one) => one.startsWith(begin))
  return found === undefined ? null : found.slice(begin.length)
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
