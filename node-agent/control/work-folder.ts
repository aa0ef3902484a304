// The agent's work folder: made private, refused on network file systems (flock, rename and mmap lie there).
// Layout: docs/keeper-protocol.md.
import { mkdirSync, statfsSync } from 'node:fs'
import { resolve } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'

/** statfs(2) f_type of file systems that several hosts can share */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x00c36400, 'Ceph'],
  [0x19830326, 'BeeGFS'],
  [0x7461636f, 'OCFS2'],
])

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
  const network = networkTypes.get(statfsSync(root).type >>> 0)
  if (network !== undefined) {
    throw new DistError('data_folder', `the work folder ${root} is on a network file system (${network})`, {
      hint: 'give a folder on a disk of this machine with --work',
    })
  }
  return folder
}
