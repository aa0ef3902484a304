// Files and folders that a word may go on to. Folders end in a slash, so that one can go on writing.
import { readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Candidate } from './wanted.ts'

/** `fits` chooses among files; folders are always offered. Hidden ones only where a dot was written. */
export function fileNames(cwd: string, typed: string, fits: (name: string) => boolean): Candidate[] {
  const at = typed.lastIndexOf('/')
  const [folder, start] = [typed.slice(0, at + 1), typed.slice(at + 1)]
  const place = resolve(cwd, folder.startsWith('~/') ? join(homedir(), folder.slice(2)) : folder)
  try {
    return readdirSync(place)
      .filter((name) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
      .sort()
      .flatMap((name) => {
        if (statSync(join(place, name), { throwIfNoEntry: false })?.isDirectory() === true)
          return [{ value: `${folder}${name}/`, text: 'folder' }]
        return fits(name) ? [{ value: folder + name, text: 'file' }] : []
      })
  } catch {
    return []
  }
}
