// States of a job at the head.
//
//   waiting -> ready -> claimed -> running -> succeeded | failed | cancelled
//      |         ^_________|__________|      (attempt lost, given back, or tried again: ready, perhaps after a back-off)
//      '-> skipped                            (something it needs did not succeed)
//
// `waiting`: it needs jobs or batches that are not done; `claimed`: an attempt row exists and a node was told; `running`:
// that node said it started. The last four are final within a generation (product.md, commit).

export const jobStates = ['waiting', 'ready', 'claimed', 'running', 'succeeded', 'failed', 'cancelled', 'skipped'] as const
export type JobState = (typeof jobStates)[number]

/** Number of jobs of a jobset in each state. */
export type JobCounts = Readonly<Record<JobState, number>>

export const noJobs: JobCounts = {
  waiting: 0,
  ready: 0,
  claimed: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  skipped: 0,
}

/**
 * States of a jobset: `active` has work or running jobs; the others are final.
 * `failed` = something in it failed (a job, or the build everywhere).
 */
export const jobsetStates = ['active', 'succeeded', 'failed', 'cancelled'] as const
export type JobsetState = (typeof jobsetStates)[number]
