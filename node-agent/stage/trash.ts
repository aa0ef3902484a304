// Throws folders away without holding anything up: renamed into trash/ at once, removed in the background. What a
// crash left there goes at the next start.
import { chmodSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
import { walkFolder } from '../../shared/files/walk.ts'

export class Trash {
  readonly #root: string
  readonly #run: (task: () => Promise<void>) => void
  #count = 0

  /** `run` starts a background task and reports what it throws. */
  constructor(root: string, run: (task: () => Promise<void>) => void) {
    this.#root = root
    this.#run = run
    mkdirSync(root, { recursive: true })
    for (const name of readdirSync(root)) this.#remove(join(root, name))
  }

  /** When this returns nothing lies at `path` any more. A path that is not there is fine. */
  discard(path: string): void {
    const grave = join(this.#root, `${process.pid}-${performance.now()}-${this.#count++}`)
    try {
      renameSync(path, grave)
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return
      throw error
    }
    this.#remove(grave)
  }

  #remove(path: string): void {
    this.#run(async () => {
      try {
        await rm(path, { recursive: true, force: true })
      } catch (error) {
        if (!['EACCES', 'EPERM'].includes(systemCode(error) ?? '')) throw error
        open(path)
        await rm(path, { recursive: true, force: true })
      }
    })
  }
}

/** A job may take write permission from its folders; their content cannot be removed then. */
function open(path: string): void {
  chmodSync(path, 0o700)
  for (const entry of walkFolder(path)) if (entry.kind === 'folder' || entry.kind === 'other') chmodFolder(entry.absolute)
}

function chmodFolder(path: string): void {
  try {
    chmodSync(path, 0o700)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}
