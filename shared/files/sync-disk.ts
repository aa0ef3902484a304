// Makes many new files durable at once. Node has no syncfs, `sync -f` is one: a share of it costs a small file less than
// its own fsync (1 ms) as soon as there are a few.
import { execFile } from 'node:child_process'
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { DistError, errorMessage } from '../base/errors.ts'

const run = promisify(execFile)

/** Below this many paths each gets its own fsync. */
const few = 6

/** Everything written below `folder`'s file system so far is on disk afterwards; `unavailable` when the disk says no. */
export async function syncDisk(folder: string): Promise<void> {
  try {
    await run('sync', ['-f', folder])
  } catch (error) {
    throw new DistError('unavailable', `the disk did not take what was written: ${errorMessage(error)}`, { cause: error })
  }
}

/** The same for known files and the folders that name them. */
export async function syncPaths(paths: readonly string[], folder: string): Promise<void> {
  if (paths.length > few) {
    await syncDisk(folder)
    return
  }
  for (const path of paths) {
    const fd = openSync(path, 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  }
}
