// A data folder that was put in place from a backup. Called by app.ts, around the opening of the store:
//
//   backup.json -> checked against the folder -> restoring.json -> the store is open and told -> restored.json
//
// The store gives events a new beginning then (transitions/restored.ts), so that whoever followed the head before gets a
// reset. Agents need nothing: attempts that this head never heard of are stopped and forgotten, those it misses are lost.
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { syncFolder } from '../../shared/files/atomic.ts'
import { backupProblem } from '../../shared/files/backup-check.ts'
import { type BackupSeal, backupFile } from '../../shared/model/backup.ts'
import type { Store } from '../ports/store.ts'

const checkedFile = 'restoring.json'
const doneFile = 'restored.json'

/** The seal of a backup that this start restores; null for any other folder. `data_folder` when the backup is not whole. */
export function checkRestored(root: string): BackupSeal | null {
  const fresh = join(root, backupFile)
  const checked = join(root, checkedFile)
  if (existsSync(fresh)) {
    assertWhole(root, readSeal(fresh))
    move(root, backupFile, checkedFile)
  }
  return existsSync(checked) ? readSeal(checked) : null
}

/** Tells the store; may be repeated. */
export async function finishRestore(root: string, seal: BackupSeal, store: Store): Promise<void> {
  await store.run('restored', { id: seal.id, takenAt: seal.takenAt })
  move(root, checkedFile, doneFile)
}

function assertWhole(root: string, seal: BackupSeal): void {
  const problem = backupProblem(root, seal)
  if (problem !== null) throw new DistError('data_folder', `the backup in ${root} is not whole: ${problem}`, { hint: again })
}

function readSeal(path: string): BackupSeal {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new DistError('data_folder', `cannot read ${path}: ${errorMessage(error)}`, { hint: again, cause: error })
  }
  if (typeof value === 'object' && value !== null && 'format' in value && value.format === 1) return value as BackupSeal
  throw new DistError('data_folder', `${path} is of another version of dist`, { hint: 'start the version that made the backup' })
}

function move(root: string, from: string, to: string): void {
  renameSync(join(root, from), join(root, to))
  syncFolder(root)
}

const again = 'copy the backup into place again; nothing was changed'
