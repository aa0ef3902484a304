// Is this the only agent of the machine? Only then it may bind jobs to CPUs: two agents would choose the same ones. A lock
// that the first one holds as long as it lives; whoever comes later does without.
import { chmodSync, constants, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
import { tryLockDescriptor } from '../../shared/files/lock.ts'

const fileName = 'dist-agent.lock'

/** Returns the release, or null when another agent holds it, or it cannot be known. Any account's agents count. */
export function lockMachine(folders: readonly string[] = ['/run/lock', tmpdir()]): (() => void) | null {
  for (const folder of folders) {
    const fd = openShared(join(folder, fileName))
    if (fd !== null) return tryLockDescriptor(fd, join(folder, fileName))
  }
  return null
}

/** Readable is enough for flock, and needed: the file may be another account's, where the kernel refuses O_CREAT in a shared folder. */
function openShared(path: string): number | null {
  for (const flags of [constants.O_RDONLY, constants.O_RDONLY | constants.O_CREAT | constants.O_EXCL, constants.O_RDONLY]) {
    try {
      const fd = openSync(path, flags | constants.O_NOFOLLOW, 0o644)
      if (flags & constants.O_CREAT) chmodSync(path, 0o644)
      return fd
    } catch (error) {
      if (systemCode(error) === null) throw error
    }
  }
  return null
}
