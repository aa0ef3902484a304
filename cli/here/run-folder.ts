// The folder of `dist run`: results in `archived_files/<job>/`, as the original has it, and while it runs a hidden folder
// beside them with the workspace, on the same disk. Refuses to remove what `dist run` did not make.
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DistError } from '../../shared/base/errors.ts'

const resultsName = 'archived_files'
const hidden = '.run-'

export class RunFolder {
  readonly results: string
  /** for head and agent; removed at the end */
  readonly work: string

  /** Makes it. Throws `exists` when something is there already and `clean` is false, or is not of `dist run`. */
  constructor(cwd: string, shown: string, clean: boolean) {
    const root = resolve(cwd, shown)
    empty(root, shown, clean)
    mkdirSync(root, { recursive: true })
    this.results = join(root, resultsName)
    this.work = mkdtempSync(join(root, hidden))
  }

  /** Where `dist pull` puts the batch before it gets its name here. */
  get incoming(): string {
    return join(this.work, 'results')
  }

  /** Takes the results of a batch that were fetched to `incoming`. */
  take(batch: string): void {
    const fetched = join(this.incoming, batch)
    if (existsSync(fetched)) renameSync(fetched, this.results)
  }

  remove(): void {
    rmSync(this.work, { recursive: true, force: true })
  }
}

function empty(root: string, shown: string, clean: boolean): void {
  const stat = lstatSync(root, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (!stat.isDirectory()) throw new DistError('exists', `${shown} is no folder`, { hint: 'choose another with --save-dir' })
  const names = readdirSync(root)
  if (names.length === 0) return
  const strange = names.find((name) => name !== resultsName && !name.startsWith(hidden))
  if (strange !== undefined) {
    throw new DistError('exists', `${shown} holds ${JSON.stringify(strange)}, which is not of an earlier run`, {
      hint: 'choose another folder with --save-dir; this one is never emptied',
    })
  }
  if (!clean) {
    throw new DistError('exists', `${shown} has the results of an earlier run`, {
      hint: 'replace them with --clean-save, or choose another folder with --save-dir',
    })
  }
  for (const name of names) rmSync(join(root, name), { recursive: true, force: true })
}
