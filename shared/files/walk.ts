// Lists a folder tree without following links. Callers: the agent (what a job saved), `dist add` (a folder as an
// input), the head (which results lie on disk).
import { type Dirent, lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { DistError, systemCode } from '../base/errors.ts'

interface Place {
  /** relative to the root, `/`-separated */
  readonly path: string
  readonly absolute: string
}

/** `size` in bytes and `mode` (permission bits) mean something for files; links and folders carry what lstat says. */
export type WalkEntry = Place & { readonly size: number; readonly mode: number } & (
    | { readonly kind: 'file' }
    | { readonly kind: 'folder'; readonly empty: boolean }
    | { readonly kind: 'link'; readonly target: string }
    /** fifo, socket, device, or something that cannot be looked at: then `problem` is the system's code */
    | { readonly kind: 'other'; readonly problem?: string }
  )

/**
 * Everything below `root`, a folder before its content, names of one folder in code-point order. What vanishes
 * meanwhile is left out. Throws `bad_path` when `root` itself is no folder (a link to one counts as none).
 */
export function* walkFolder(root: string): Generator<WalkEntry> {
  if (!lstatSync(root).isDirectory()) throw new DistError('bad_path', `${root} is not a folder`)
  const waiting: Place[] = places('', root)
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const entry = look(place)
    if (entry === null) continue
    if (entry.kind !== 'folder') {
      yield entry
      continue
    }
    let inside: Place[]
    try {
      inside = places(place.path, place.absolute)
    } catch (error) {
      yield { ...entry, kind: 'other', problem: systemCode(error) ?? 'unknown' }
      continue
    }
    yield { ...entry, empty: inside.length === 0 }
    for (const next of inside) waiting.push(next)
  }
}

/** Content of one folder, last name first: it goes onto a stack. */
function places(path: string, absolute: string): Place[] {
  const names = readdirSync(absolute, { withFileTypes: true }).map((item: Dirent) => item.name)
  names.sort().reverse()
  return names.map((name) => ({ path: path === '' ? name : `${path}/${name}`, absolute: join(absolute, name) }))
}

function look(place: Place): WalkEntry | null {
  let stats: Stats
  try {
    stats = lstatSync(place.absolute)
  } catch (error) {
    const code = systemCode(error) ?? 'unknown'
    // a name that is not UTF-8 reads as U+FFFD and cannot be opened by it
    if (code === 'ENOENT' && !place.path.includes('\ufffd')) return null
    return { ...place, kind: 'other', size: 0, mode: 0, problem: code === 'ENOENT' ? 'EILSEQ' : code }
  }
  const entry = { ...place, size: stats.size, mode: stats.mode & 0o777 }
  if (stats.isFile()) return { ...entry, kind: 'file' }
  if (stats.isDirectory()) return { ...entry, kind: 'folder', empty: false }
  if (stats.isSymbolicLink()) return { ...entry, kind: 'link', target: readlinkSync(place.absolute) }
  return { ...entry, kind: 'other' }
}
