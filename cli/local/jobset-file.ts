// Finds the jobset file that a command means, and what it is called on the head.
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DistError, errorMessage, systemCode } from '../../shared/base/errors.ts'

export interface JobsetFile {
  /** absolute */
  readonly path: string
  /** as the person named it, for messages */
  readonly shown: string
}

const defaultNames = ['distribute-jobs.yaml', 'jobs.yaml']

/** The file that `name` names; without a name that of this folder (throws `usage` when there is none). Null: no file. */
export function findJobsetFile(cwd: string, name?: string): JobsetFile | null {
  if (name !== undefined) {
    const isFile = /\.(ya?ml|json)$/i.test(name) && kindOf(resolve(cwd, name)) === 'file'
    return isFile ? { path: resolve(cwd, name), shown: name } : null
  }
  const found = defaultNames.find((candidate) => kindOf(resolve(cwd, candidate)) === 'file')
  if (found !== undefined) return { path: resolve(cwd, found), shown: found }
  throw new DistError('usage', `no ${defaultNames.join(' and no ')} in this folder`, {
    hint: 'name a jobset file, or write a first one with: dist template python --output jobs.yaml',
  })
}

/** The file of `dist add` and `dist check`, whatever it is called. Throws `usage`. */
export function namedJobsetFile(cwd: string, name: string | undefined): JobsetFile {
  const file = name === undefined ? findJobsetFile(cwd) : null
  if (file !== null) return file
  const shown = name ?? ''
  const path = resolve(cwd, shown)
  switch (kindOf(path)) {
    case 'file':
      return { path, shown }
    case 'folder': {
      const inside = defaultNames.find((candidate) => kindOf(resolve(path, candidate)) === 'file')
      const hint = inside === undefined ? 'name the jobset file in it' : `write ${shown.replace(/\/$/, '')}/${inside}`
      throw new DistError('usage', `${shown} is a folder`, { hint })
    }
    case null:
      throw new DistError('usage', `no such file: ${shown}`, { hint: 'write a first one with: dist template python --output jobs.yaml' })
  }
}

/** Its text. Throws `usage`. */
export function readJobsetFile(file: JobsetFile): string {
  try {
    return readFileSync(file.path, 'utf8')
  } catch (error) {
    const why = systemCode(error) === 'EACCES' ? 'you may not read it' : errorMessage(error)
    throw new DistError('usage', `cannot read ${file.shown}: ${why}`, { hint: 'name a file that you may read', cause: error })
  }
}

/** Namespace and batch of a file, which may be wrong otherwise: `dist pull` needs no more. Throws `bad_jobset`. */
export async function readJobsetName(file: JobsetFile): Promise<{ readonly namespace: string; readonly batch: string }> {
  const { parseJobset } = await import('../../shared/config/parse-jobset.ts')
  const { name } = parseJobset(readJobsetFile(file), { file: file.shown, folder: dirname(file.path) })
  if (name !== null) return { namespace: name.namespace, batch: name.batchName }
  throw new DistError('bad_jobset', `${file.shown} names no jobset`, { hint: `see what is wrong with it: dist check ${file.shown}` })
}

function kindOf(path: string): 'file' | 'folder' | null {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return null
  return stat.isDirectory() ? 'folder' : 'file'
}
