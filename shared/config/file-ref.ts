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

/** What the words of one entry mean, or what is wrong with them. Worked out once: jobs mostly name the same files. */
type Meaning =
  | { readonly kind: 'file'; readonly name: string; readonly source: string; readonly asFolder: boolean }
  | { readonly kind: 'wrong'; readonly part: 'path' | 'alias'; readonly message: string; readonly hint: string }

export class FileReader {
  readonly #reading: Reading
  readonly #folder: string
  readonly #meanings = new Map<string, Meaning>()
  /** lists that were read: an alias leads to the same node */
  readonly #lists = new Map<Node, readonly FileRef[]>()

  /** Relative paths begin in `folder`. */
  constructor(reading: Reading, folder: string) {
    this.#reading = reading
    this.#folder = folder
  }

  /** Reads `run.py` or `{path: run.py, alias: ~}`; null when it is neither (reported). */
  file(node: Node, path: Path): FileRef | null {
    if (node.kind !== 'map') {
      const written = this.#reading.text(node, path, 'a file: a path, or {path: …, alias: …}')
      return written === null ? null : this.#ref(written, null, { at: node.at, path }, { at: node.at, path })
    }
    const entries = this.#reading.map(node, path, 'file')
    const pathEntry = entries?.get('path')
    const aliasEntry = entries?.get('alias')
    if (pathEntry === undefined) return null
    const pathPlace = { at: pathEntry.value.at, path: { up: path, part: 'path' } }
    const aliasPlace = { at: aliasEntry?.value.at ?? node.at, path: { up: path, part: 'alias' } }
    const written = this.#reading.text(pathEntry.value, pathPlace.path, 'a path')
    const before = this.#reading.problems.count
    const alias = this.#reading.optionalText(aliasEntry, aliasPlace.path, 'a name')
    return written === null || this.#reading.problems.count > before ? null : this.#ref(written, alias, pathPlace, aliasPlace)
  }

  /** Reads a list of files. Two of one effective name are an error here; what folders bring is check-files' matter. */
  files(entry: Entry | undefined, path: Path): readonly FileRef[] {
    const known = entry === undefined ? undefined : this.#lists.get(entry.value)
    if (known !== undefined && entry !== undefined) return this.#reading.spend(known.length, entry.value, path) ? known : []
    const items = this.#reading.list(entry, path, 'a list: [a.json, {path: b.json, alias: input.json}]')
    if (items === null || entry === undefined) return []
    const files: FileRef[] = []
    const names = new Map<string, number>()
    for (const [index, item] of items.entries()) {
      const here = { up: path, part: index }
      const file = this.file(item, here)
      if (file === null) continue
      const first = names.get(file.name)
      if (first === undefined) {
        names.set(file.name, index)
        files.push(file)
        continue
      }
      const message = `'${file.name}' is there twice: entry [${first}] has the same name`
      this.#reading.problems.folded('error', `twice ${file.name}`, samePlaces, file.at, here, message, 'give one of them another alias')
    }
    this.#lists.set(entry.value, files)
    return files
  }

  #ref(written: string, alias: string | null, pathPlace: Place, aliasPlace: Place): FileRef | null {
    const key = alias === null ? written : `${written}\0${alias}`
    const meaning = this.#meanings.get(key) ?? mean(written, alias, this.#folder)
    this.#meanings.set(key, meaning)
    if (meaning.kind === 'file') {
      const { name, source, asFolder } = meaning
      return { name, source, written, asFolder, at: pathPlace.at, path: pathPlace.path }
    }
    const { at, path } = meaning.part === 'path' ? pathPlace : aliasPlace
    this.#reading.problems.folded('error', `file ${key}`, samePlaces, at, path, meaning.message, meaning.hint)
    return null
  }
}

interface Place {
  readonly at: number
  readonly path: Path
}

function mean(written: string, alias: string | null, folder: string): Meaning {
  const problem = writtenProblem(written)
  if (problem !== null) return { kind: 'wrong', part: 'path', ...problem }
  const name = alias === null ? nameOf(written) : alias.replace(/(?<=[^/])\/$/, '')
  const bad = name === null ? 'it has no name' : pathProblem(name)
  if (name !== null && bad === null) {
    const source = isAbsolute(written) ? resolve(written) : resolve(folder, written)
    return { kind: 'file', name, source, asFolder: written.endsWith('/') || alias?.endsWith('/') === true }
  }
  if (alias === null) {
    const hint = 'give it an alias: the name that the job sees'
    return { kind: 'wrong', part: 'path', message: `the name of '${written}' cannot be used: ${bad}`, hint }
  }
  const hint = 'write a name like mesh.msh, or a path below input/ like meshes/a.msh'
  return { kind: 'wrong', part: 'alias', message: `the alias '${alias}' cannot be used: ${bad}`, hint }
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
