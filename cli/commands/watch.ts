// `dist watch [X]`: what happens, a line each, while it happens. Of a jobset until it is done, with its progress below and a
// summary at the end; of everything until Ctrl-C.
import type { JobsetReply } from '../../shared/api/types.ts'
import type { Context } from '../context.ts'
import { EventNames } from '../local/event-names.ts'
import { readEvents } from '../local/read-events.ts'
import { reportOutcome } from '../local/report-outcome.ts'
import { resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { eventText } from '../render/event-text.ts'
import { jobsetProgress } from '../render/jobset-progress.ts'
import { Progress } from '../render/progress.ts'

/**
 * --json: one object a line, `{at, kind, jobset, job, node, data}` with names. Exit status of a jobset as of `dist wait`.
 */
export async function watch(context: Context, text: string | undefined): Promise<number> {
  const head = await context.head()
  const first = text === undefined ? null : (await resolveTarget(context, 'change', text, 'jobset')).jobset
  const end = new AbortController()
  const signal = AbortSignal.any([context.signal, end.signal])
  const progress = new Progress(context.io.stderr, context.showsProgress && context.io.stderr.columns !== null)
  const names = new EventNames(context, head)
  const began = performance.now()
  const last: { jobset: JobsetReply | null } = { jobset: first }
  const draw = (): void => {
    if (last.jobset === null || context.io.stderr.columns === null) return
    const { line, fraction } = jobsetProgress(last.jobset, context.io.stderr.columns, performance.now() - began, context.io.env)
    progress.update(line, fraction)
  }
  let looked = 0
  const look = async (): Promise<void> => {
    if (first === null) return
    looked = performance.now()
    last.jobset = await context.patiently('follow', () => head.jobset(first.id, context.signal))
    if (last.jobset.state === 'active') draw()
    else end.abort()
  }
  try {
    await readEvents(context, head, signal, {
      jobset: first?.id ?? null,
      after: null,
      onOpen: look,
      onEvent: async (event) => {
        const named = await names.name(event)
        if (context.json) context.io.stdout.write(`${JSON.stringify(named)}\n`)
        else {
          progress.clear()
          const line = eventText(named, context.out, context.io.env)
          if (line !== null) context.print(line)
        }
        const isDue = performance.now() - looked >= leastPause
        if (ends.has(event.kind) || isDue) await look()
      },
      onGap: () => context.warn('the head has forgotten some events that came in between'),
      onTrouble: (message) => progress.say(message),
    })
  } finally {
    progress.clear()
  }
  context.signal.throwIfAborted()
  if (last.jobset === null) return exitCode.done
  return context.json ? statusOf(last.jobset) : (await reportOutcome(context, last.jobset)).code
}

/** ms between looks at the counts: a thousand events may come in one */
const leastPause = 200
/** events after which the jobset may be done */
const ends: ReadonlySet<string> = new Set(['jobset_finished', 'jobset_cancelled'])

function statusOf({ state }: JobsetReply): number {
  return state === 'succeeded' ? exitCode.done : exitCode.failed
}
