// The folder of a search script as files for its trials: all of it but what no trial needs. Called by `dist search run`.
import { existsSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { DistError, systemCode } from '../../shared/base/errors.ts'
import { segmentProblem } from '../../shared/files/safe-path.ts'
import type { LocalFile } from '../../shared/model/jobset.ts'
import { holdsResults, isResultTable } from './earlier-results.ts'
import { isIgnored, type Levels, readRules } from './ignore-rules.ts'

export interface Shipped {
  /** names are relative to the folder, in order */
  readonly files: readonly (LocalFile & { readonly size: number })[]
  readonly bytes: number
  /** folders without a file, which a script may want to write to */
  readonly emptyFolders: readonly string[]
  /** entries of the folder itself that an ignore file kept back */
  readonly ignored: readonly string[]
  /** tables and folders with results of other searches, which stay here too */
  readonly results: readonly string[]
  /** bytes of each entry of the folder itself, the biggest first */
  readonly entries: readonly { readonly name: string; readonly bytes: number }[]
}

export interface ShipRules {
  /** absolute paths that stay here whatever ignore files say; asked with the real path too */
  readonly isLeft: (path: string) => boolean
  /** links to what lies outside of the folder are followed as well */
  readonly leavesRoot: boolean
}

interface Walk extends ShipRules {
  readonly root: string
  readonly realRoot: string
  /** links that lead out of the folder, and were not followed */
  readonly outside: string[]
  readonly files: (LocalFile & { readonly size: number })[]
  readonly emptyFolders: string[]
  readonly ignored: string[]
  readonly results: string[]
}

/** Never of use to a trial. */
const never: ReadonlySet<string> = new Set(['.git', '__pycache__', '.hg', '.svn', '.ipynb_checkpoints'])
/** Later ones win: what git does not keep a trial may need. */
const ignoreFiles = ['.gitignore', '.distignore']
/** More are a home folder, not a model. */
const mostFiles = 100_000
const linksShown = 8

/**
 * Links are followed, but not in circles, and out of the folder only where that is meant: a link to the home folder would send its keys.
 * Throws `usage`.
 */
export function shipFolder(root: string, rules: ShipRules): Shipped {
  const realRoot = realpathSync.native(root)
  const walk: Walk = { ...rules, root, realRoot, outside: [], files: [], emptyFolders: [], ignored: [], results: [] }
  visit(walk, root, '', [], [realRoot])
  if (walk.outside.length > 0) throw leadsOut(walk)
  const { files, emptyFolders, ignored, results } = walk
  const sums = new Map<string, number>()
  let bytes = 0
  for (const { name, size } of files) {
    const top = name.split('/', 1)[0] ?? name
    sums.set(top, (sums.get(top) ?? 0) + size)
    bytes += size
  }
  const entries = [...sums].map(([name, size]) => ({ name, bytes: size })).sort((a, b) => b.bytes - a.bytes)
  return { files, bytes, emptyFolders, ignored, results, entries }
}

function visit(walk: Walk, folder: string, prefix: string, above: Levels, way: readonly string[]): void {
  const names = readdirSync(folder).sort()
  const levels: Levels = [
    ...above,
    ...ignoreFiles.flatMap((name) => (names.includes(name) ? [{ base: prefix, rules: rulesOf(join(folder, name)) }] : [])),
  ]
  let isEmpty = true
  for (const name of names) {
    const path = prefix === '' ? name : `${prefix}/${name}`
    const absolute = join(folder, name)
    if (never.has(name)) continue
    if (walk.isLeft(absolute)) {
      // the folder was made for it, or is not empty
      isEmpty = false
      continue
    }
    const found = look(absolute)
    // a link to nowhere
    if (found === null) continue
    const { stats, real } = found
    const isFolder = stats.isDirectory()
    // a socket, a pipe; what was found by another way
    if (!(stats.isFile() || isFolder) || (real !== absolute && walk.isLeft(real))) continue
    // an environment of Python is bound to its machine: nodes have their own
    if (isFolder && existsSync(join(absolute, 'pyvenv.cfg'))) continue
    if (isIgnored(levels, path, isFolder)) {
      if (prefix === '') walk.ignored.push(isFolder ? `${name}/` : name)
      continue
    }
    const problem = segmentProblem(name)
    if (problem !== null) throw refused(`${path} cannot be shipped: ${problem}`, 'rename it, or name it in .distignore')
    // back up: the folder would be in itself
    if (isWithin(walk.realRoot, real) || way.includes(real)) continue
    isEmpty = false
    if (isFolder ? holdsResults(absolute) : prefix === '' && name.endsWith('.csv') && isResultTable(absolute)) {
      walk.results.push(isFolder ? `${path}/` : name)
      continue
    }
    if (!walk.leavesRoot && !isWithin(real, walk.realRoot)) {
      walk.outside.push(`${path} -> ${real}`)
      continue
    }
    if (isFolder) {
      visit(walk, absolute, path, levels, [...way, real])
      continue
    }
    walk.files.push({ name: path, source: absolute, size: stats.size })
    if (walk.files.length > mostFiles)
      throw refused(`${walk.root} has more than ${mostFiles} files`, 'start the script in the folder of its model, or write a .distignore')
  }
  if (isEmpty && prefix !== '') walk.emptyFolders.push(prefix)
}

function rulesOf(path: string): ReturnType<typeof readRules> {
  try {
    return readRules(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof DistError) throw refused(`${path}: ${error.message}`, 'mend the line, or remove it')
    throw refused(`cannot read ${path}: ${systemCode(error) ?? String(error)}`, 'make it readable')
  }
}

function look(path: string): { readonly stats: Stats; readonly real: string } | null {
  try {
    return { stats: statSync(path), real: realpathSync.native(path) }
  } catch {
    return null
  }
}

/** Also the folder itself. Both are real paths. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith('../')
}

function leadsOut({ root, outside }: Walk): DistError {
  const shown = outside.slice(0, linksShown).join(', ')
  const what = outside.length === 1 ? 'a link leads' : `${outside.length} links lead`
  return refused(
    `${what} out of ${root}: ${shown}${outside.length > linksShown ? ', …' : ''}`,
    'name what no trial needs in .distignore, or send what it leads to with --yes',
  )
}

function refused(message: string, hint: string): DistError {
  return new DistError('usage', message, { hint })
}
