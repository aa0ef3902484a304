// Puts a backup in the place of a data folder: copied beside it, compared with its seal, synced, renamed. The backup stays as
// it is, so that it can be used again. The head that starts there notices that it was restored.
import { execFileSync } from 'node:child_process'
import { constants, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { backupProblem } from '../../shared/files/backup-check.ts'
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
    const problem = backupProblem(partial, seal)
    if (problem !== null)
      throw new DistError('incomplete', `the backup is not whole: ${problem}`, { hint: 'nothing was put in place: use another backup' })
    execFileSync('sync', ['-f', partial])
    if (existsSync(target)) rmdirSync(target)
    renameSync(partial, target)
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw error
  }
}
