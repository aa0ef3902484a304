// Follows a jobset until it is final, with a progress line. Used by wait, add --wait and up.
import { setTimeout as sleep } from 'node:timers/promises'
import type { HeadClient } from '../../shared/api/client.ts'
import type { JobsetReply } from '../../shared/api/types.ts'
import type { Context } from '../context.ts'
import { jobsetProgress } from '../render/jobset-progress.ts'
import { Progress } from '../render/progress.ts'

/** At most so often: a head that commits 5 000 jobs a second would keep us drawing. */
const leastPause = 100
/** s between looks at builds, which change no count */
const buildPace = 2

/** The jobset when it is final. Goes on over restarts of the head; throws what the head says about the jobset. */
export async function followJobset(context: Context, first: JobsetReply): Promise<JobsetReply> {
  const head = await context.head()
  const progress = new Progress(context.io.stderr, context.showsProgress)
  const began = performance.now()
  let jobset = first
  try {
    while (jobset.state === 'active') {
      const building = await buildingNodes(context, head, jobset)
      const draw = (): void => show(context, progress, jobset, performance.now() - began, building)
      draw()
      const { id, revision } = jobset
      let wasAway = false
      const tick = setInterval(draw, 1000)
      try {
        const step = () => head.wait(id, revision, isAtWork(jobset) ? 25 : buildPace, context.signal)
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

function isAtWork({ counts }: JobsetReply): boolean {
  return counts.running + counts.claimed > 0
}

/** Where it is being built, while nothing else of it happens. Not worth an error. */
async function buildingNodes(context: Context, head: HeadClient, jobset: JobsetReply): Promise<string[]> {
  if (isAtWork(jobset) || !context.showsProgress) return []
  try {
    const { builds } = await head.builds(jobset.id, context.signal)
    return builds.filter(({ state }) => state === 'building').map(({ node }) => node)
  } catch {
    return []
  }
}

function show(context: Context, progress: Progress, jobset: JobsetReply, elapsed: number, building: readonly string[] = []): void {
  const { line, fraction } = jobsetProgress(jobset, context.io.stderr.columns, elapsed, context.io.env, building)
  progress.update(line, fraction)
}
