// Schemas of the routes that steer jobsets and nodes at work, and of a job's attempts.
import { z } from 'zod'
import { outcome, usage } from './shapes.ts'

const count = z.int().min(0)
const time = z.int().min(0)

/** as in the jobset file */
export const priorityRequest = z.object({ priority: z.int().min(-1000).max(1000) })
export const priorityReply = z.object({ jobset: z.int(), priority: z.int() })
/** `held`: false when it was held before */
export const holdReply = z.object({ jobset: z.int(), held: z.boolean() })
/** names; null = the whole jobset */
export const releaseRequest = z.object({ jobs: z.array(z.string()).max(100_000).nullable().default(null) })
/** `lifted`: a hold was; `released`: jobs whose back-off is over now */
export const releaseReply = z.object({ jobset: z.int(), lifted: z.boolean(), released: count })
/** null = until it is resumed */
export const pauseRequest = z.object({ seconds: z.number().min(1).max(31_536_000).nullable().default(null) })
export const pauseReply = z.object({ node: z.string(), until: time.nullable() })
/** `resumed`: false when it was not paused */
export const resumeReply = z.object({ node: z.string(), resumed: z.boolean() })
/** `cleared`: jobsets that may be built there again */
export const clearReply = z.object({ node: z.string(), cleared: count })

/** `number` is null while it has not started */
export const attemptReply = z.object({
  id: z.string(),
  number: z.int().nullable(),
  node: z.string(),
  state: z.string(),
  cores: count,
  claimedAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  outcome: outcome.nullable(),
  usage: usage.nullable(),
  notices: z.array(z.string()),
  /** its result is the job's */
  committed: z.boolean(),
})
export const attemptsReply = z.object({ attempts: z.array(attemptReply) })
