// From file references to the files that a job will find: folders expanded, names checked against each other.
// Used by check-files.ts. Lists that are written alike are worked out once: ten thousand jobs often share one.
import { pathProblem } from '../files/safe-path.ts'
import type { CheckedFile, FileRef } from './file-ref.ts'
import type { Looked } from './look-file.ts'
import type { Problems } from './problem.ts'

type Files = readonly CheckedFile[]

/** A file of a job and one of `initialize` that get into each other's way. */
interface Clash {
  readonly severity: 'error' | 'notice'
  readonly name: string
  readonly message: string
}

export class FileLists {
  readonly #problems: Problems
  readonly #look: (file: FileRef) => Looked
  readonly #lists = new Map<string, Files>()
  readonly #byRefs = new Map<readonly FileRef[], Files>()
  readonly #clashes = new Map<Files, readonly Clash[]>()
  readonly #folders = new Map<Files, ReadonlySet<string>>()
  readonly #names = new Map<Files, ReadonlySet<string>>()

  constructor(problems: Problems, look: (file: FileRef) => Looked) {
    this.#problems = problems
    this.#look = look
  }

  /** A script or an image: one file. Null when it is not there (reported). */
  script(file: FileRef, what: 'script' | 'image'): CheckedFile | null {
    const looked = this.#look(file)
    if (looked.kind === 'file' && !file.asFolder)
      return { name: file.name, source: file.source, size: looked.file.size, mode: looked.file.mode }
    if (looked.kind === 'none') this.#trouble(file, looked.trouble.message, looked.trouble.hint)
    else if (looked.kind === 'file')
      this.#trouble(file, `'${file.written}' is a file, and a '/' at the end means a folder`, 'remove the slash')
    else this.#trouble(file, `'${file.written}' is a folder`, `name the ${what} itself`)
    return null
  }

  /** The files of one list; `init` are the files that those of a job replace. */
  list(refs: readonly FileRef[], init: Files = []): Files {
    const files = this.#byRefs.get(refs) ?? this.#byText(refs)
    this.#byRefs.set(refs, files)
    if (init.length > 0) this.#against(refs, files, init)
    return files
  }

  #byText(refs: readonly FileRef[]): Files {
    const key = refs.map((file) => `${file.name}\0${file.source}\0${file.asFolder}`).join('\n')
    const files = this.#lists.get(key) ?? this.#expand(refs)
    this.#lists.set(key, files)
    return files
  }

  #expand(refs: readonly FileRef[]): Files {
    const files = new Map<string, CheckedFile>()
    const origin = new Map<string, FileRef>()
    for (const ref of refs) {
      for (const file of this.#filesOf(ref)) {
        const other = origin.get(file.name)
        if (other !== undefined) {
          const message = `'${file.name}' comes from '${other.written}' and from '${ref.written}'`
          this.#trouble(ref, message, 'give one of them another alias, or leave it out')
        } else {
          files.set(file.name, file)
          origin.set(file.name, ref)
        }
      }
    }
    for (const [name, ref] of origin) {
      const above = parents(name).find((folder) => files.has(folder))
      if (above !== undefined)
        this.#trouble(ref, `'${name}' needs a folder '${above}', and there is a file of that name`, 'change one of the names')
    }
    return [...files.values()]
  }

  #filesOf(ref: FileRef): Files {
    const looked = this.#look(ref)
    switch (looked.kind) {
      case 'none':
        this.#trouble(ref, looked.trouble.message, looked.trouble.hint)
        return []
      case 'file': {
        const { size, mode } = looked.file
        if (!ref.asFolder) return [{ name: ref.name, source: ref.source, size, mode }]
        this.#trouble(ref, `'${ref.written}' is a file, and a '/' at the end means a folder`, 'remove the slash, or write the whole name')
        return []
      }
      case 'folder':
        for (const trouble of looked.troubles) this.#trouble(ref, trouble.message, trouble.hint)
        if (looked.files.length === 0 && looked.troubles.length === 0) {
          this.#problems.folded(
            'warning',
            `empty ${ref.source}`,
            1,
            ref.at,
            ref.path,
            `the folder '${ref.written}' has no files: nothing is sent`,
          )
        }
        return looked.files.flatMap(({ inside, source, size, mode }) => {
          const name = `${ref.name}/${inside}`
          const problem = pathProblem(name)
          if (problem === null) return [{ name, source, size, mode }]
          this.#trouble(ref, `${JSON.stringify(name)} cannot be sent: ${problem}`, 'rename the file')
          return []
        })
    }
  }

  /** Files of a job against those of `initialize`: the same name replaces, file against folder cannot be. */
  #against(refs: readonly FileRef[], files: Files, init: Files): void {
    const clashes = this.#clashes.get(files) ?? this.#findClashes(files, init)
    this.#clashes.set(files, clashes)
    for (const { severity, name, message } of clashes) {
      const ref = refs.find((item) => item.name === name || name.startsWith(`${item.name}/`))
      if (ref === undefined) continue
      const hint = severity === 'error' ? 'change one of the names' : undefined
      this.#problems.folded(severity, message, 1, ref.at, ref.path, message, hint)
    }
  }

  #findClashes(files: Files, init: Files): readonly Clash[] {
    const names = this.#namesOf(init)
    const folders = this.#foldersOf(init)
    return files.flatMap(({ name }): Clash[] => {
      if (names.has(name)) return [{ severity: 'notice', name, message: `replaces the file '${name}' of initialize` }]
      const above = parents(name).find((folder) => names.has(folder))
      if (above !== undefined)
        return [{ severity: 'error', name, message: `'${name}' needs a folder '${above}', and initialize has a file of that name` }]
      return folders.has(name) ? [{ severity: 'error', name, message: `'${name}' is a folder of initialize` }] : []
    })
  }

  #namesOf(files: Files): ReadonlySet<string> {
    const known = this.#names.get(files) ?? new Set(files.map((file) => file.name))
    this.#names.set(files, known)
    return known
  }

  #foldersOf(files: Files): ReadonlySet<string> {
    const known = this.#folders.get(files) ?? new Set(files.flatMap((file) => parents(file.name)))
    this.#folders.set(files, known)
    return known
  }

  #trouble(ref: FileRef, message: string, hint?: string): void {
    this.#problems.folded('error', message, 1, ref.at, ref.path, message, hint)
  }
}

/** `a/b/c` -> `a`, `a/b` */
function parents(name: string): string[] {
  const found: string[] = []
  for (let cut = name.indexOf('/'); cut >= 0; cut = name.indexOf('/', cut + 1)) found.push(name.slice(0, cut))
  return found
}
