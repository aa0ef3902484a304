// A file as a jobset names it, before anyone looked at the disk: read here, checked by check-files.ts.
import { isAbsolute, posix, resolve } from 'node:path'
import { pathProblem } from '../files/safe-path.ts'
import type { LocalFile } from '../model/jobset.ts'
import type { Path } from './problem.ts'
import { type Reading, samePlaces } from './reading.ts'
import type { Entry, Node } from './tree.ts'

/** `name` and `source` as in LocalFile. `written` is the path in the file, for messages. */
export interface FileRef extends LocalFile {
  readonly written: string
  /** path or alias ends in '/': a folder is meant */
  readonly asFolder: boolean
  readonly at: number
  readonly path: Path
}

/** A file that is there: size in bytes and mode (0o644 or 0o755) as it was when looked at. */
export interface CheckedFile extends LocalFile {
  readonly size: number
  readonly mode: number
}

/** Reads `run.py` or `{path: run.py, alias: ~}`; null when it is neither (reported). */
export function readFileRef(reading: Reading, node: Node, path: Path, folder: string): FileRef | null {
  let written: string | null
  let alias: string | null = null
  let at = node.at
  let aliasAt = node.at
  let here = path
  if (node.kind === 'map') {
    const entries = reading.map(node, path, 'file')
    const pathEntry = entries?.get('path')
    const aliasEntry = entries?.get('alias')
    if (pathEntry === undefined) return null
    here = { up: path, part: 'path' }
    at = pathEntry.value.at
    written = reading.text(pathEntry.value, here, 'a path')
    alias = reading.optionalText(aliasEntry, { up: path, part: 'alias' }, 'a name')
    aliasAt = aliasEntry?.value.at ?? at
  } else {
    written = reading.text(node, path, 'a file: a path, or {path: …, alias: …}')
  }
  if (written === null) return null
  const problem = writtenProblem(written)
  if (problem !== null) {
    reading.problems.folded('error', `path ${written}`, samePlaces, at, here, problem.message, problem.hint)
    return null
  }
  const name = alias === null ? nameOf(written) : alias.replace(/(?<=[^/])\/$/, '')
  const bad = name === null ? 'it has no name' : pathProblem(name)
  if (bad !== null || name === null) {
    const hint =
      alias === null
        ? 'give it an alias: the name that the job sees'
        : 'write a name like mesh.msh, or a path below input/ like meshes/a.msh'
    const what = alias === null ? `the name of '${written}'` : `the alias '${alias}'`
    const where = alias === null ? here : { up: path, part: 'alias' }
    reading.problems.folded('error', `name ${what}`, samePlaces, aliasAt, where, `${what} cannot be used: ${bad}`, hint)
    return null
  }
  const asFolder = written.endsWith('/') || alias?.endsWith('/') === true
  return { name, source: isAbsolute(written) ? resolve(written) : resolve(folder, written), written, asFolder, at, path: here }
}

/** Reads a list of files. Two of one effective name are an error here; what folders bring is check-files' matter. */
export function readFileRefs(reading: Reading, entry: Entry | undefined, path: Path, folder: string): readonly FileRef[] {
  const items = reading.list(entry, path, 'a list: [a.json, {path: b.json, alias: input.json}]')
  if (items === null) return []
  const files: FileRef[] = []
  const names = new Map<string, number>()
  for (const [index, item] of items.entries()) {
    const file = readFileRef(reading, item, { up: path, part: index }, folder)
    if (file === null) continue
    const first = names.get(file.name)
    if (first === undefined) {
      names.set(file.name, index)
      files.push(file)
      continue
    }
    const message = `'${file.name}' is there twice: entry [${first}] has the same name`
    reading.problems.folded(
      'error',
      `twice ${file.name}`,
      samePlaces,
      file.at,
      { up: path, part: index },
      message,
      'give one of them another alias',
    )
  }
  return files
}

/** Last part of a path; null when that is no name. */
function nameOf(written: string): string | null {
  const name = posix.basename(posix.normalize(written))
  return name === '' || name === '.' || name === '..' ? null : name
}

function writtenProblem(written: string): { message: string; hint: string } | null {
  if (written.trim() === '') return { message: 'the path is empty', hint: 'write the path of a file, relative to the folder of this file' }
  if (written.includes('\0')) return { message: 'the path has a NUL character', hint: 'remove it' }
  if (/^~(\/|$)/.test(written)) return { message: `'~' in '${written}' is not expanded`, hint: 'write the whole path' }
  return null
}
