// The head's data folder: made private, locked for the life of the process.
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { writeAtomic } from '../../shared/files/atomic.ts'
import { tryLock } from '../../shared/files/lock.ts'
import { type DataPaths, dataPaths } from './data-paths.ts'

export interface DataFolder extends DataPaths {
  /** Tells the account's own commands where this head listens. */
  announce(facts: { readonly http: string; readonly grpc: string; readonly pid: number }): void
  release(): void
}

/** Makes and locks the folder; `locked` when another head uses it. */
export function openDataFolder(path: string): DataFolder {
  const paths = dataPaths(resolve(path))
  const { root } = paths
  const part = (name: string): string => join(root, name)
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 })
    for (const name of ['packs', 'results', 'blobs', 'logs']) mkdirSync(part(name), { recursive: true })
  } catch (cause) {
    throw new DistError('data_folder', `cannot make the data folder ${root}: ${errorMessage(cause)}`, {
      hint: 'choose another with --data',
      cause,
    })
  }
  const unlock = tryLock(part('head.lock'))
  if (unlock === null) {
    throw new DistError('locked', `another head runs on the data folder ${root}`, {
      hint: 'stop it first, or give this one another folder with --data',
    })
  }
  return {
    ...paths,
    announce: (facts) => writeAtomic(part('head.json'), `${JSON.stringify(facts)}\n`, 0o600),
    release: () => {
      rmSync(part('head.json'), { force: true })
      unlock()
    },
  }
}
