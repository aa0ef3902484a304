// `dist search stop X`: no more trials; with --cancel those that run end too.
import type { Context } from '../context.ts'
import { resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'

export interface StopOptions {
  readonly cancel?: boolean
}

/** --json: the API's `search` reply. */
export async function stopSearch(context: Context, text: string, { cancel = false }: StopOptions): Promise<number> {
  const { jobset } = await resolveTarget(context, 'change', text, 'jobset')
  const { searches } = await context.head()
  const search = await context.patiently('change', () => searches.stop(jobset.id, cancel, context.signal))
  context.value(search)
  const label = jobsetLabel(jobset)
  const going = search.open === 0 || cancel ? '' : `; ${counted(search.open, 'trial')} at work will end and count`
  const ending = cancel && search.open > 0 ? `, ${counted(search.open, 'trial')} at work cancelled` : ''
  context.print(`${label}: nothing new is started${going}${ending}`)
  context.note(context.err.dim(`it goes on with: dist search extend ${label} --num-samples +N`))
  return exitCode.done
}
