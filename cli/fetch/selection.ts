// Which of a head's files are wanted: patterns, --logs, --skip-folders. Used by pull-jobset.ts and `dist pull --dry`.
import type { Wanted } from './checked-manifest.ts'
import type { PathFilter } from './path-filter.ts'

export interface SelectOptions {
  /** null: everything */
  readonly filter: PathFilter | null
  readonly skipFolders: boolean
  /** only what jobs printed */
  readonly logs: boolean
}

/** Ours has the first name when the job saved a file under the second. */
const outputNames = ['stdout.dist.txt', 'stdout.txt'] as const

/** Decides for the items of one job. Folders are matched with a `/` behind, so that `^job_1/` means them too. */
export function select({ filter, skipFolders, logs }: SelectOptions, items: readonly Wanted[]): (item: Wanted) => boolean {
  const passes = (path: string): boolean => filter === null || filter(path)
  if (logs) {
    const output = outputNames.find((name) => items.some((item) => item.kind === 'file' && item.inJob === name))
    return (item) => item.kind === 'file' && item.inJob === output && passes(item.path)
  }
  return (item) => (item.kind === 'folder' ? !skipFolders && passes(`${item.path}/`) : passes(item.path))
}
