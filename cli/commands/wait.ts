// `dist wait X`: progress until the jobset is done, then a summary. The exit status tells the outcome.
import type { Context } from '../context.ts'
import { followJobset } from '../local/follow-jobset.ts'
import { reportOutcome } from '../local/report-outcome.ts'
import { resolveTarget } from '../local/resolve-target.ts'

/** --json: `{jobset, failures}`, see report-outcome.ts. Exit status 1 unless all jobs succeeded. */
export async function wait(context: Context, text: string | undefined): Promise<number> {
  const { jobset } = await resolveTarget(context, 'change', text, 'jobset')
  const done = await followJobset(context, jobset)
  const { code, value } = await reportOutcome(context, done)
  context.value(value)
  return code
}
