// `dist show X`: everything about one jobset, or about one job and its attempts.
import type { Context } from '../context.ts'
import { resolveTarget } from '../local/resolve-target.ts'

/** --json: of a jobset `{jobset, builds, failures}`, of a job `{jobset, job, attempts}`. */
export async function show(context: Context, text: string | undefined): Promise<number> {
  const target = await resolveTarget(context, 'look', text, 'either')
  if (target.job === null) return (await import('../local/show-jobset.ts')).showJobset(context, target.jobset)
  return (await import('../local/show-job.ts')).showJob(context, target)
}
