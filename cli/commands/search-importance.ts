// `dist search importance X`, as `dist results X --importance`.
import type { Context } from '../context.ts'
import { resolveTarget } from '../local/resolve-target.ts'
import { type ImportanceChoice, showImportance } from '../results/show-importance.ts'

export type ImportanceOptions = ImportanceChoice

/** --json: see show-importance.ts. */
export async function importance(context: Context, text: string | undefined, options: ImportanceOptions): Promise<number> {
  const { jobset } = await resolveTarget(context, 'look', text, 'jobset')
  const { searches } = await context.head()
  const search = await context.patiently('look', () => searches.search(jobset.id, context.signal))
  return showImportance(context, search, options)
}
