// What is wrong with a data folder before anything of it is opened. A head refuses such a folder instead of making up what
// is missing; dist doctor shows the same. Looks only.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { backupFile } from '../../shared/model/backup.ts'
import type { DataPaths } from './data-paths.ts'

export interface Damage {
  readonly message: string
  readonly hint: string
}

/** Folders that every head makes before its database: where they are missing, the disk that held them is not there. */
export const marks = ['results/.incoming', 'blobs/partial'] as const

/** A backup in place has no marks yet; its own check is in restored.ts. */
const restoring = [backupFile, 'restoring.json']

export function damageOf(paths: DataPaths): Damage[] {
  const { root, database } = paths
  if (!existsSync(root)) return []
  return (statSync(database, { throwIfNoEntry: false })?.size ?? 0) === 0 ? ofMissing(paths) : ofPresent(paths)
}

function ofMissing(paths: DataPaths): Damage[] {
  const { root, database } = paths
  const wal = `${database}-wal`
  const left = [
    ...(sizeOf(wal) > 0 ? ['dist.sqlite-wal'] : []),
    ...(names(paths.packs).some((name) => name.endsWith('.tar')) ? ['packs/'] : []),
    ...(names(paths.results).some((name) => !name.startsWith('.')) ? ['results/'] : []),
    ...(names(paths.blobs).some((name) => /^[0-9a-f]{2}$/.test(name)) ? ['blobs/'] : []),
  ]
  if (left.length === 0) return []
  const what = existsSync(database) ? 'empty' : 'missing'
  return [
    {
      message: `dist.sqlite in ${root} is ${what}, but there is something in ${left.join(', ')}: this is not a new data folder`,
      hint: 'put dist.sqlite back, or restore a backup; nothing was changed',
    },
  ]
}

function ofPresent({ root, database }: DataPaths): Damage[] {
  const damage: Damage[] = []
  if (restoring.some((name) => existsSync(join(root, name)))) return damage
  for (const mark of marks) {
    if (existsSync(join(root, mark))) continue
    const folder = mark.slice(0, mark.indexOf('/'))
    damage.push({
      message: `${folder}/ in ${root} is ${existsSync(join(root, folder)) ? 'not the folder that the head filled' : 'missing'} (it has no ${mark})`,
      hint: 'mount its disk or put it back, or restore a backup; nothing was changed',
    })
  }
  // head.json is there only while a head runs: left behind, the head was cut off, and then SQLite's log is there too
  if (existsSync(join(root, 'head.json')) && !existsSync(`${database}-wal`)) {
    damage.push({
      message: `dist.sqlite-wal in ${root} is missing although the head did not end by itself: what it acknowledged last may be in there`,
      hint: 'put it back, or restore a backup; only if another SQLite program opened and closed the database since, remove head.json and start again',
    })
  }
  return damage
}

function names(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
