// Whether a folder holds all of a backup: its database by hash, inputs and results by number and bytes. Used by the head that
// starts on one, and by `dist restore` before it puts one in place.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BackupSeal } from '../model/backup.ts'
import { sha256FileSync } from './digest.ts'
import { walkFolder } from './walk.ts'

/** What is wrong with it, one phrase; null when it is whole. */
export function backupProblem(root: string, seal: BackupSeal): string | null {
  const database = join(root, 'dist.sqlite')
  if (!existsSync(database)) return 'dist.sqlite is missing'
  if (sha256FileSync(database).sha256 !== seal.database.sha256) return 'dist.sqlite is not the one of the backup'
  let files = 0
  let bytes = 0
  for (const part of ['blobs', 'results']) {
    if (!existsSync(join(root, part))) return `${part}/ is missing`
    for (const entry of walkFolder(join(root, part))) {
      if (entry.kind !== 'file') continue
      files++
      bytes += entry.size
    }
  }
  if (files === seal.files && bytes === seal.bytes) return null
  return `it has ${files} files of ${bytes} bytes, the backup had ${seal.files} of ${seal.bytes}`
}
