// Follows a jobset until it is final, with a progress line. Used by wait, add --wait and up.
import { setTimeout as sleep } from 'node:timers/promises'
import type { JobsetReply } from '../../shared/api/types.ts'
import type { Context } from '../context.ts'
import { jobsetProgress } from '../render/jobset-progress.ts'
import { Progress } from '../render/progress.ts'

/** At most so often: a head that commits 5 000 jobs a second would keep us drawing. */
const leastPause = 100

/** The jobset when it is final. Goes on over restarts of the head; throws what the head says about the jobset. */
export async function followJobset(context: Context, first: JobsetReply): Promise<JobsetReply> {
  const head = await context.head()
  const progress = new Progress(context.io.stderr, context.showsProgress)
  const began = performance.now()
  let jobset = first
  try {
    while (jobset.state === 'active') {
      show(context, progress, jobset, performance.now() - began)
      const { id, revision } = jobset
      let wasAway = false
      const tick = setInterval(() => show(context, progress, jobset, performance.now() - began), 1000)
      try {
        const step = () => head.wait(id, revision, 25, context.signal)
        jobset = await context.patiently('follow', step, (message) => {
          wasAway = true
          progress.say(message)
        })
      } finally {
        clearInterval(tick)
      }
      if (wasAway) progress.say('the head is back')
      if (jobset.state === 'active') await sleep(leastPause, undefined, { signal: context.signal })
    }
    // on a terminal the summary says it all; a log should end with 100 %
    if (context.io.stderr.columns === null) show(context, progress, jobset, performance.now() - began)
    return jobset
  } finally {
    progress.clear()
  }
}

function show(context: Context, progress: Progress, jobset: JobsetReply, elapsed: number): void {
  const { line, fraction } = jobsetProgress(jobset, context.io.stderr.columns, elapsed, context.io.env)
  progress.update(line, fraction)
}
