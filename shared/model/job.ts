// States of a job at the head.
//
//   ready -> claimed -> running -> succeeded | failed | cancelled
//     ^_________|__________|          (attempt lost or given back: ready again, or failed when no retry is left)
//
// `claimed`: an attempt row exists and a node was told; `running`: that node said it started.
// succeeded, failed and cancelled are final within a generation (product.md, commit).

export const jobStates = ['ready', 'claimed', 'running', 'succeeded', 'failed', 'cancelled'] as const
export type JobState = (typeof jobStates)[number]

/** Number of jobs of a jobset in each state. */
export type JobCounts = Readonly<Record<JobState, number>>

export const noJobs: JobCounts = { ready: 0, claimed: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 }

/**
 * States of a jobset: `active` has work or running jobs; the others are final.
 * `failed` = something in it failed (a job, or the build everywhere).
 */
export const jobsetStates = ['active', 'succeeded', 'failed', 'cancelled'] as const
export type JobsetState = (typeof jobsetStates)[number]
