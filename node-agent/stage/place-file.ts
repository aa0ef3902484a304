// Copies a file into its place: reflinked where the file system can, never hard-linked, because a job may change it.
import { chmodSync, constants, copyFileSync, mkdirSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { safeSegments } from '../../shared/files/safe-path.ts'

/** Above this a copy leaves the event loop free. */
const syncLimit = 1 << 20

export interface Placed {
  /** where to, relative to the folder; checked here */
  readonly name: string
  readonly size: number
  readonly mode: number
}

/** Copies `source` to `folder/name`, making sub-folders. `bad_path` for a name that leads out. */
export async function placeFile(source: string, folder: string, file: Placed): Promise<void> {
  const segments = safeSegments(file.name)
  const target = join(folder, ...segments)
  if (segments.length > 1) mkdirSync(dirname(target), { recursive: true })
  if (file.size > syncLimit) await copyFile(source, target, constants.COPYFILE_FICLONE)
  else copyFileSync(source, target, constants.COPYFILE_FICLONE)
  chmodSync(target, file.mode)
}
