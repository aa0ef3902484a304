// Takes the files of one result out of the result folders: what its manifest names, and the folders that are empty then.
// What people put there stays, and no link is followed: a folder may have become one.
import { realpathSync, rmdirSync, unlinkSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
import { safeSegments } from '../../shared/files/safe-path.ts'
import type { Manifest } from '../../shared/model/manifest.ts'
import type { ResultPlace } from '../ports/result-places.ts'

/** `results` = the data folder's results/. Done twice it does nothing. */
export function removeFiles(results: string, place: ResultPlace, manifest: Manifest): void {
  const root = realpathSync(results)
  const folders = new Set<string>()
  for (const entry of manifest) {
    const path = place.outside.get(entry.path) ?? `${place.folder}/${entry.path}`
    safeSegments(path)
    if (entry.kind === 'folder') folders.add(path)
    else if (isInside(root, dirname(path))) quietly(() => unlinkSync(join(root, path)))
    if (!place.outside.has(entry.path)) addParents(folders, path, place.folder)
  }
  addParents(folders, `${place.folder}/x`, place.folder.split('/').slice(0, 2).join('/'))
  const deepest = [...folders].sort((a, b) => b.split('/').length - a.split('/').length)
  for (const path of deepest) if (isInside(root, path)) quietly(() => rmdirSync(join(root, path)))
}

/** Folders from that of `path` up to `top`, without the batch's own. */
function addParents(folders: Set<string>, path: string, top: string): void {
  for (let above = dirname(path); above.length >= top.length && above.split('/').length > 2; above = dirname(above)) folders.add(above)
}

function isInside(root: string, path: string): boolean {
  try {
    return `${realpathSync(join(root, path))}${sep}` === `${join(root, path)}${sep}`
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}

function quietly(remove: () => void): void {
  try {
    remove()
  } catch (error) {
    const code = systemCode(error)
    // a folder with something of a person in it stays, and so does a folder that took a file's name
    if (!isAbsent(error) && code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EISDIR' && code !== 'EPERM') throw error
  }
}

function isAbsent(error: unknown): boolean {
  const code = systemCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}
