// What lies on disk where a jobset names a file: the file, or all files of a folder, or what is wrong. Used by
// check-files.ts, which asks once for each distinct path.
import { accessSync, constants, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, relative } from 'node:path'
import { systemCode } from '../base/errors.ts'
import { walkFolder } from '../files/walk.ts'
import { nearest } from '../text/near.ts'

/** A readable file. `inside` is its path in the folder that was named, '' for a file named itself. */
interface FoundFile {
  readonly inside: string
  readonly source: string
  readonly size: number
  /** 0o755 when anyone may execute it, else 0o644 */
  readonly mode: number
}

interface Trouble {
  readonly message: string
  readonly hint?: string
}

export type Looked =
  | { readonly kind: 'file'; readonly file: FoundFile }
  /** `troubles`: what in it cannot be taken along */
  | { readonly kind: 'folder'; readonly files: readonly FoundFile[]; readonly troubles: readonly Trouble[] }
  | { readonly kind: 'none'; readonly trouble: Trouble }

/** More files than this are no input folder but a mistake (a home folder). */
const mostFiles = 100_000

/** Looks at an absolute path; `written` and `folder` are for messages: the path as written, and where it was looked for. */
export function lookAt(source: string, written: string, folder: string): Looked {
  let stats: Stats
  try {
    stats = statSync(source)
  } catch (error) {
    return { kind: 'none', trouble: missing(error, source, written, folder) }
  }
  if (stats.isDirectory()) return lookInFolder(source, written)
  const trouble = fileTrouble(source, written, stats)
  return trouble === null ? { kind: 'file', file: found('', source, stats) } : { kind: 'none', trouble }
}

function lookInFolder(source: string, written: string): Looked {
  const files: FoundFile[] = []
  const troubles: Trouble[] = []
  try {
    const root = realpathSync(source)
    collect({ root, files, troubles, written }, root, '', [root])
  } catch (error) {
    return { kind: 'none', trouble: { message: `cannot read the folder '${written}': ${systemCode(error) ?? String(error)}` } }
  }
  if (files.length > mostFiles) {
    const message = `the folder '${written}' has more than ${mostFiles} files`
    return { kind: 'none', trouble: { message, hint: 'name the files that are needed, or pack them' } }
  }
  return { kind: 'folder', files, troubles }
}

interface Collecting {
  readonly root: string
  readonly written: string
  readonly files: FoundFile[]
  readonly troubles: Trouble[]
}

/** `above`: real folders on the way down, to notice a link that leads back up. */
function collect(state: Collecting, folder: string, prefix: string, above: readonly string[]): void {
  for (const entry of walkFolder(folder)) {
    if (state.files.length > mostFiles) return
    const inside = prefix === '' ? entry.path : `${prefix}/${entry.path}`
    const shown = `${state.written.replace(/\/$/, '')}/${inside}`
    if (entry.kind === 'folder') continue
    if (entry.kind === 'other') {
      const why = entry.problem === undefined ? 'is no file, folder or link' : `cannot be read: ${entry.problem}`
      state.troubles.push({ message: `'${shown}' ${why}`, hint: 'remove it from the folder' })
      continue
    }
    const real = entry.kind === 'link' ? realTarget(state, entry.absolute, shown) : entry.absolute
    if (real === null) continue
    const stats = statSync(real)
    if (!stats.isDirectory()) {
      const trouble = fileTrouble(real, shown, stats)
      if (trouble === null) state.files.push(found(inside, real, stats))
      else state.troubles.push(trouble)
      continue
    }
    const holds = (outer: string) => outer === real || outer.startsWith(`${real}/`)
    if (holds(dirname(entry.absolute)) || above.some(holds)) {
      state.troubles.push({ message: `the link '${shown}' leads back to a folder that it is in`, hint: 'remove the link' })
    } else collect(state, real, inside, [...above, dirname(entry.absolute)])
  }
}

/** Where a link ends, if that is inside of the folder that was named; else null, and the trouble is noted. */
function realTarget(state: Collecting, link: string, shown: string): string | null {
  let real: string
  try {
    real = realpathSync(link)
  } catch {
    state.troubles.push({ message: `the link '${shown}' leads nowhere`, hint: 'remove or mend it' })
    return null
  }
  const way = relative(state.root, real)
  if (way !== '..' && !way.startsWith('../')) return real
  state.troubles.push({
    message: `the link '${shown}' leads out of the folder, to ${real}`,
    hint: 'copy the file into the folder, or name it itself',
  })
  return null
}

function found(inside: string, source: string, stats: Stats): FoundFile {
  return { inside, source, size: stats.size, mode: (stats.mode & 0o111) === 0 ? 0o644 : 0o755 }
}

function fileTrouble(source: string, shown: string, stats: Stats): Trouble | null {
  if (!stats.isFile()) return { message: `'${shown}' is neither a file nor a folder` }
  try {
    accessSync(source, constants.R_OK)
    return null
  } catch {
    return { message: `'${shown}' may not be read`, hint: `give yourself the right: chmod u+r ${JSON.stringify(source)}` }
  }
}

function missing(error: unknown, source: string, written: string, folder: string): Trouble {
  const code = systemCode(error)
  if (code === 'EACCES') return { message: `'${written}' may not be looked at (a folder above it is closed)` }
  if (code === 'ELOOP') return { message: `'${written}' is a link that leads to itself` }
  const looked = written.startsWith('/') ? '' : ` (looked in ${folder})`
  const message = `no such file '${written}'${looked}`
  if (/\$\w|\$\{/.test(written)) return { message, hint: 'environment variables are not expanded: write the path itself' }
  const near = nearest(basename(source), siblings(source))
  return near === null ? { message } : { message, hint: `did you mean '${written.replace(/[^/]*\/?$/, '')}${near}'?` }
}

function siblings(source: string): string[] {
  try {
    return readdirSync(dirname(source))
  } catch {
    return []
  }
}
