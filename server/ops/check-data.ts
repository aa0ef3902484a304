// `dist-server --check DIR`: looks at a data folder, running head or not, and says what is right and what is not, for
// `dist doctor`. Changes nothing.
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { tryLock } from '../../shared/files/lock.ts'
import { networkDisk } from '../../shared/files/network-disk.ts'
import type { Check } from '../../shared/model/check.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { DiskSpace } from '../ports/disk-space.ts'
import { damageOf } from './damage.ts'
import { type DataPaths, dataPaths } from './data-paths.ts'
import { Settings } from './settings.ts'

export interface CheckDataDependencies {
  readonly space: (root: string) => DiskSpace
  /** schema of this build */
  readonly schema: number
  /** what SQLite finds in its file: schema and the first problems */
  readonly inspect: (database: string, idle: boolean) => { readonly schema: number; readonly problems: readonly string[] }
}

export async function checkData(path: string, deps: CheckDataDependencies): Promise<Check[]> {
  const paths = dataPaths(resolve(path))
  const { root } = paths
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return [
      {
        name: 'data',
        level: 'problem',
        message: `there is no folder ${root}`,
        hint: 'name the data folder of the head: dist doctor --data DIR',
      },
    ]
  }
  const damage = damageOf(paths)
  const checks: Check[] = damage.map(({ message, hint }) => ({ name: 'data folder', level: 'problem', message, hint }))
  if (damage.length === 0) checks.push({ name: 'data folder', level: 'ok', message: root })
  checks.push(disk(root))
  const { check, unlock } = lock(root)
  try {
    checks.push(check, ...database(paths, deps, unlock !== null))
  } finally {
    unlock?.()
  }
  checks.push(await settings(root), space(root, deps))
  return checks
}

function disk(root: string): Check {
  const network = networkDisk(root)
  if (network === null) return { name: 'data disk', level: 'ok', message: 'on a disk of this machine' }
  return {
    name: 'data disk',
    level: 'problem',
    message: `${root} is on a network file system (${network})`,
    hint: 'move it to a disk of this machine',
  }
}

/** `unlock` is there when no head runs, and none can start before it is called. */
function lock(root: string): { readonly check: Check; readonly unlock: (() => void) | null } {
  const name = 'data lock'
  try {
    const unlock = tryLock(join(root, 'head.lock'))
    return { check: { name, level: 'ok', message: unlock === null ? 'a head runs on it' : 'no head runs on it' }, unlock }
  } catch (error) {
    return { check: { name, level: 'problem', message: errorMessage(error), hint: hintOf(error) }, unlock: null }
  }
}

function database(paths: DataPaths, deps: CheckDataDependencies, idle: boolean): Check[] {
  if ((statSync(paths.database, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    return [
      { name: 'data base', level: 'warning', message: 'there is no database yet', hint: 'the first start of a head makes it: dist serve' },
    ]
  }
  let found: { readonly schema: number; readonly problems: readonly string[] }
  try {
    found = deps.inspect(paths.database, idle)
  } catch (error) {
    return [{ name: 'data base', level: 'problem', message: errorMessage(error), hint: hintOf(error) }]
  }
  const checks: Check[] = []
  if (found.schema > deps.schema) {
    checks.push({
      name: 'data schema',
      level: 'problem',
      message: `this data folder has schema ${found.schema}, this version of dist knows ${deps.schema}`,
      hint: 'start the newer version of dist, or restore a backup made with this one',
    })
  } else {
    const later = found.schema < deps.schema ? `, the next start brings it to ${deps.schema}` : ''
    checks.push({ name: 'data schema', level: 'ok', message: `schema ${found.schema}${later}` })
  }
  const [first] = found.problems
  if (first === undefined) checks.push({ name: 'data base', level: 'ok', message: 'SQLite finds it sound' })
  else {
    checks.push({
      name: 'data base',
      level: 'problem',
      message: `dist.sqlite in the data folder is damaged: ${first}${found.problems.length > 1 ? ' (and more)' : ''}`,
      hint: 'restore a backup; a copy of the damaged folder may be worth keeping',
    })
  }
  return checks
}

async function settings(root: string): Promise<Check> {
  try {
    await new Settings(root, () => undefined).load()
    return {
      name: 'data head.yaml',
      level: 'ok',
      message: existsSync(join(root, 'head.yaml')) ? 'it can be used' : 'there is none: results are kept for ever',
    }
  } catch (error) {
    return {
      name: 'data head.yaml',
      level: 'problem',
      message: errorMessage(error),
      hint: 'correct it; a running head keeps what it said before',
    }
  }
}

function space(root: string, deps: CheckDataDependencies): Check {
  const disk = deps.space(root)
  const free = formatBytes(disk.free())
  try {
    disk.assertFor(0)
  } catch (error) {
    return {
      name: 'data space',
      level: 'problem',
      message: errorMessage(error),
      hint: 'free space on it; uploads and new work go on by themselves then',
    }
  }
  if (disk.isLow())
    return {
      name: 'data space',
      level: 'warning',
      message: `only ${free} are free: no new jobs are given out`,
      hint: 'free space on it: dist gc --dry says what could go',
    }
  return { name: 'data space', level: 'ok', message: `${free} free` }
}

function hintOf(error: unknown): string {
  return error instanceof DistError && error.hint !== undefined ? error.hint : 'look at the place that it names'
}
