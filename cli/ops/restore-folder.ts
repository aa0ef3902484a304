// Puts a backup in the place of a data folder: copied beside it, compared with its seal, synced, renamed. The backup stays as
// it is, so that it can be used again. The head that starts there notices that it was restored.
import { execFileSync } from 'node:child_process'
import { constants, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { sha256FileSync } from '../../shared/files/digest.ts'
import { walkFolder } from '../../shared/files/walk.ts'
import { type BackupSeal, backupFile } from '../../shared/model/backup.ts'

/** The seal of a backup. Throws `usage` for a folder that is none. */
export function readBackupSeal(folder: string): BackupSeal {
  const path = join(folder, backupFile)
  if (!existsSync(path)) {
    const hint = existsSync(join(folder, 'dist.sqlite'))
      ? 'it looks like a data folder, or a backup that was used in place'
      : 'name a folder that `dist backup` made'
    throw new DistError('usage', `${folder} is no backup: it has no ${backupFile}`, { hint })
  }
  try {
    const seal = JSON.parse(readFileSync(path, 'utf8')) as BackupSeal
    if (seal.format === 1) return seal
  } catch (error) {
    throw new DistError('incomplete', `cannot read ${path}: ${errorMessage(error)}`, { hint: 'use another backup', cause: error })
  }
  throw new DistError('version', `${path} is of another version of dist`, { hint: 'use the dist that made the backup' })
}

/** `target` is absent or empty (assertFree). Throws `incomplete` when the backup is not whole; nothing is left then. */
export function restoreInto(target: string, backup: string, seal: BackupSeal, onFile: (files: number) => void): void {
  mkdirSync(dirname(target), { recursive: true })
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`)
  rmSync(partial, { recursive: true, force: true })
  let files = 0
  try {
    cpSync(backup, partial, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
      // where the disk can share blocks nothing is copied
      mode: constants.COPYFILE_FICLONE,
      filter: () => {
        onFile(++files)
        return true
      },
    })
    assertWhole(partial, seal)
    execFileSync('sync', ['-f', partial])
    if (existsSync(target)) rmdirSync(target)
    renameSync(partial, target)
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw error
  }
}

function assertWhole(folder: string, seal: BackupSeal): void {
  const database = join(folder, 'dist.sqlite')
  if (!existsSync(database)) throw notWhole('dist.sqlite is missing')
  if (sha256FileSync(database).sha256 !== seal.database.sha256) throw notWhole('dist.sqlite is not the one that was copied')
  let files = 0
  let bytes = 0
  for (const part of ['blobs', 'results']) {
    if (!existsSync(join(folder, part))) throw notWhole(`${part}/ is missing`)
    for (const entry of walkFolder(join(folder, part))) {
      if (entry.kind !== 'file') continue
      files++
      bytes += entry.size
    }
  }
  if (files !== seal.files || bytes !== seal.bytes)
    throw notWhole(`it has ${files} files of ${bytes} bytes, it had ${seal.files} of ${seal.bytes}`)
}

function notWhole(what: string): DistError {
  return new DistError('incomplete', `the backup is not whole: ${what}`, { hint: 'nothing was put in place: use another backup' })
}
