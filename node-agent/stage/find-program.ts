// Looks a program up as execvp(3) would, so that a node that lacks it says so before anything starts.
import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'

/** Absolute path, or null. `path` is a PATH; its relative and empty parts are left out. */
export function findProgram(name: string, path: string | undefined): string | null {
  for (const folder of (path ?? '/usr/bin:/bin').split(':')) {
    const candidate = join(folder, name)
    if (folder.startsWith('/') && isExecutable(candidate)) return candidate
  }
  return null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
