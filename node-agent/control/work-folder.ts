// The agent's work folder: made private, refused on network file systems (flock, rename and mmap lie there).
// Layout: docs/keeper-protocol.md.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { networkDisk } from '../../shared/files/network-disk.ts'
import { spreadSubfolders } from '../../shared/files/spread.ts'

export interface WorkFolder {
  readonly root: string
  readonly cache: string
  readonly workspaces: string
  readonly attempts: string
  readonly trash: string
}

/** Makes the folder and its parts. `data_folder` when that fails or when it is on a network file system. */
export function openWorkFolder(path: string): WorkFolder {
  const root = resolve(path)
  const folder = { root, cache: `${root}/cache`, workspaces: `${root}/ws`, attempts: `${root}/attempts`, trash: `${root}/trash` }
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 })
    for (const part of [folder.cache, folder.workspaces, folder.attempts]) mkdirSync(part, { recursive: true })
  } catch (cause) {
    throw new DistError('data_folder', `cannot make the work folder ${root}: ${errorMessage(cause)}`, {
      hint: 'choose another with --work',
      cause,
    })
  }
  const network = networkDisk(root)
  if (network !== null) {
    throw new DistError('data_folder', `the work folder ${root} is on a network file system (${network})`, {
      hint: 'give a folder on a disk of this machine with --work',
    })
  }
  spreadSubfolders(root, folder.workspaces, folder.attempts)
  return folder
}
