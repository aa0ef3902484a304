// What the rules of `save` (jobset.md) leave of what a job saved. Called by the agent when it collects, and by `dist import`.
import type { SaveRules } from '../model/options.ts'
import { formatBytes } from '../text/bytes.ts'

/** What was found in distribute_save; `apply` gives back less of it. */
export interface Saved<F, L> {
  readonly files: readonly F[]
  /** empty ones */
  readonly folders: readonly string[]
  readonly links: readonly L[]
}

export interface Applied<F, L> extends Saved<F, L> {
  readonly notices: readonly string[]
  /** a job that succeeded has failed for this reason; null = none */
  readonly problem: string | null
}

type Sized = { readonly path: string; readonly size: number }
type Named = { readonly path: string }

/** `succeeded`: the job's process did. Throws `usage` for a pattern that is none. */
export async function applySaveRules<F extends Sized, L extends Named>(
  rules: SaveRules,
  saved: Saved<F, L>,
  succeeded: boolean,
): Promise<Applied<F, L>> {
  if (rules.onlyOn === 'success' && !succeeded) {
    const some = saved.files.length + saved.folders.length + saved.links.length > 0
    const notices = some ? ['what is in distribute_save was not kept: the job did not succeed (save.only_on)'] : []
    return { ...nothing, notices, problem: null }
  }
  const excluded = await excluder(rules.exclude)
  const kept = {
    files: saved.files.filter((file) => !excluded(file.path)),
    folders: saved.folders.filter((path) => !excluded(path)),
    links: saved.links.filter((link) => !excluded(link.path)),
  }
  const bytes = kept.files.reduce((sum, file) => sum + file.size, 0)
  if (rules.maxSize === null || bytes <= rules.maxSize) return { ...kept, notices: [], problem: null }
  const problem = `distribute_save holds ${formatBytes(bytes)}, more than save.max_size ${formatBytes(rules.maxSize)}; nothing of it was kept`
  return { ...nothing, notices: [problem], problem }
}

const nothing = { files: [], folders: [], links: [] } as const

/** Whether a path, or a folder that it is in, is left out. The pattern compiler is loaded only when it is needed. */
async function excluder(globs: readonly string[]): Promise<(path: string) => boolean> {
  if (globs.length === 0) return () => false
  const { compilePattern } = await import('../text/pattern.ts')
  const patterns = globs.map((glob) => compilePattern(globSource(glob)))
  return (path) => patterns.some((pattern) => pattern.test(path))
}

/** `*` and `?` stay within a name, `**` crosses folders; without a `/` the name may lie in any folder. */
export function globSource(glob: string): string {
  const anywhere = glob.replace(/\/+$/, '').includes('/') ? '' : '(?:.*/)?'
  const body = glob.replace(/^\/+|\/+$/g, '').replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (part) => {
    switch (part) {
      case '**/':
        return '(?:.*/)?'
      case '**':
        return '.*'
      case '*':
        return '[^/]*'
      case '?':
        return '[^/]'
      default:
        return part.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    }
  })
  return `(?s)^${anywhere}${body}(?:/.*)?$`
}
