// What `input/` must hold for a job: the jobset's files overlaid with the job's own. Made by the keeper when a run is queued.
import type { StagedFile, TemplateFile } from '../launcher/messages.ts'

export interface Wanted {
  readonly sha256: string
  /** permission bits */
  readonly mode: number
  readonly source: string
  readonly how: 'c' | 'm'
}

export interface Plan {
  /** by path in the workspace, `input/…` */
  readonly files: ReadonlyMap<string, Wanted>
  /** the names that belong in each folder, parents first */
  readonly folders: ReadonlyMap<string, ReadonlySet<string>>
}

/** Throws for an unsafe path; the agent has checked them, and nothing outside the workspace is written even if it had not. */
export function makePlan(template: readonly TemplateFile[], own: readonly StagedFile[] = []): Plan {
  const files = new Map<string, Wanted>()
  for (const [rel, sha256, mode, source, how = 'c'] of [...template, ...own] as readonly (TemplateFile | StagedFile)[]) {
    files.set(`input/${safe(rel)}`, { sha256, mode: mode & 0o7777, source, how })
  }
  const folders = new Map<string, Set<string>>([['input', new Set()]])
  for (const file of files.keys()) {
    for (let path = file; path !== 'input'; path = parent(path)) {
      const names = folders.get(parent(path)) ?? new Set()
      folders.set(parent(path), names.add(path.slice(path.lastIndexOf('/') + 1)))
    }
  }
  const depth = (path: string) => path.split('/').length
  return { files, folders: new Map([...folders].sort(([a], [b]) => depth(a) - depth(b))) }
}

export function parent(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

export function safe(rel: string): string {
  const bad = rel.startsWith('/') || rel.includes('\0') || rel.split('/').some((part) => part === '' || part === '.' || part === '..')
  if (bad) throw new Error(`unsafe path ${JSON.stringify(rel)}`)
  return rel
}
