// Bodies of the import routes: results that were computed elsewhere.
import { z } from 'zod'
import { name, outcome, time, usage } from './shapes.ts'
import { sha256 } from './shapes-inputs.ts'

/** One attempt that a cluster's scheduler ran. `attempt`: made by the client of what it brings, so that bringing it twice is once. */
export const importItem = z.object({
  attempt: z.string().regex(/^[0-9a-f]{32}$/),
  job: name,
  /** what it was given (shared/run/job-identity.ts): a result of other inputs is none of this job */
  identity: sha256,
  /** shown as its node: `slurm:cn1` */
  host: z.string().min(1).max(200),
  cores: z.int().min(1).max(1_000_000),
  startedAt: time,
  finishedAt: time,
  outcome: outcome.extend({ kind: z.enum(['succeeded', 'failed', 'timeout', 'build_failed', 'stage_failed']) }),
  usage: usage.nullable(),
  notices: z.array(z.string().max(2000)).max(200),
})
export const importRequest = z.object({ items: z.array(importItem).min(1).max(1000) })
/**
 * `committed`; `duplicate`: this one is here already; `taken`: the job has another result, or was cancelled or skipped; `running`: it
 * failed, and a node is at work on the job; `different`: the head's job has other inputs; `unknown`: the jobset has no such job.
 */
export const importReply = z.object({
  replies: z.array(
    z.object({ attempt: z.string(), verdict: z.enum(['committed', 'duplicate', 'taken', 'running', 'different', 'unknown']) }),
  ),
})
