// The head's data folder: looked at, made private, locked for the life of the process. A damaged one is refused.
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { writeAtomic } from '../../shared/files/atomic.ts'
import { tryLock } from '../../shared/files/lock.ts'
import { networkDisk } from '../../shared/files/network-disk.ts'
import { damageOf, marks } from './damage.ts'
import { type DataPaths, dataPaths } from './data-paths.ts'

export interface DataFolder extends DataPaths {
  /** Tells the account's own commands where this head listens. */
  announce(facts: { readonly http: string; readonly grpc: string; readonly pid: number }): void
  /** The head is about to end by itself: before its database is closed, or the next start would miss SQLite's log. */
  withdraw(): void
  release(): void
}

/** Makes and locks the folder; `locked` when another head uses it, `data_folder` when it is damaged or on a network disk. */
export function openDataFolder(path: string): DataFolder {
  const paths = dataPaths(resolve(path))
  const { root } = paths
  const part = (name: string): string => join(root, name)
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw unmade(root, cause)
  }
  const network = networkDisk(root)
  if (network !== null) {
    throw new DistError('data_folder', `the data folder ${root} is on a network file system (${network})`, {
      hint: "give a folder on a disk of this machine with --data; SQLite's log does not work over a network",
    })
  }
  const unlock = tryLock(part('head.lock'))
  if (unlock === null) {
    throw new DistError('locked', `another head runs on the data folder ${root}`, {
      hint: 'stop it first, or give this one another folder with --data',
    })
  }
  try {
    const [damage] = damageOf(paths)
    if (damage !== undefined) throw new DistError('data_folder', damage.message, { hint: damage.hint })
    for (const name of ['packs', 'logs', ...marks]) mkdirSync(part(name), { recursive: true })
  } catch (cause) {
    unlock()
    throw cause instanceof DistError ? cause : unmade(root, cause)
  }
  return {
    ...paths,
    announce: (facts) => writeAtomic(part('head.json'), `${JSON.stringify(facts)}\n`, 0o600),
    withdraw: () => rmSync(part('head.json'), { force: true }),
    release: unlock,
  }
}

function unmade(root: string, cause: unknown): DistError {
  return new DistError('data_folder', `cannot make the data folder ${root}: ${errorMessage(cause)}`, {
    hint: 'choose another with --data',
    cause,
  })
}
