// How much a folder holds, counted beside everything else that the agent does. For the cap on what is kept.
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'

/** Bytes of all files below `root`, links not followed. What cannot be looked at counts nothing. */
export async function folderBytes(root: string, signal: AbortSignal): Promise<number> {
  let sum = 0
  const waiting = [root]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    try {
      for await (const entry of await opendir(folder)) {
        signal.throwIfAborted()
        const path = join(folder, entry.name)
        if (entry.isDirectory()) waiting.push(path)
        else if (entry.isFile()) sum += await fileBytes(path)
      }
    } catch (error) {
      signal.throwIfAborted()
      if (systemCode(error) === null) throw error
    }
  }
  return sum
}

/** A job may remove it meanwhile. */
async function fileBytes(path: string): Promise<number> {
  try {
    return (await lstat(path)).size
  } catch (error) {
    if (systemCode(error) === null) throw error
    return 0
  }
}
