// Bodies of the search routes: a search as a whole, its trials, and what a person may still ask of it.
import { z } from 'zod'
import { modes, reportGroups } from '../model/search.ts'
import { trialKinds } from '../model/trial.ts'
import { name, time } from './shapes.ts'
import { params } from './shapes-values.ts'

const count = z.int().min(0)
const queryCount = z.coerce.number().int().min(0)

/** `asked`: its values are not known yet; `queued`: no node has started it */
export const trialStates = ['asked', 'queued', 'running', ...trialKinds] as const

export const searchReply = z.object({
  jobset: z.int(),
  uid: z.string(),
  namespace: name,
  batch: name,
  label: name,
  algorithm: z.string(),
  seed: count,
  metrics: z.array(z.object({ name: z.string(), mode: z.enum(modes) })),
  /** names of the parameters, in the order of the space */
  params: z.array(z.string()),
  /** `closing`: nothing new is started, what runs goes on */
  state: z.enum(['open', 'closing', 'done']),
  /** why nothing new is started; null while something is */
  reason: z.enum(['complete', 'stopped', 'failed', 'exhausted']).nullable(),
  /** what stopped it, one sentence and what to do; null else */
  problem: z.object({ message: z.string(), hint: z.string().nullable() }).nullable(),
  notices: z.array(z.string()),
  /** trials that it will have, as far as is known */
  total: count,
  /** asked, queued or running */
  open: count,
  /** ended, by how */
  counts: z.object(Object.fromEntries(trialKinds.map((kind) => [kind, count])) as Record<(typeof trialKinds)[number], typeof count>),
  best: z.object({ trial: count, label: z.string(), values: z.array(z.number()) }).nullable(),
  /** trials of the Pareto front, several metrics only */
  front: z.array(count),
  report: z.array(z.enum(reportGroups)),
  pruneMetadata: z.boolean(),
  /** grows with every end of a trial; for `since` of the trials */
  revision: count,
})

export const trialReply = z.object({
  trial: count,
  /** the job's name too */
  label: z.string(),
  state: z.enum(trialStates),
  params: params.nullable(),
  /** one for each metric; null unless reported */
  values: z.array(z.number()).nullable(),
  /** what it reported, as it came */
  report: z.object({ source: z.enum(['frame', 'file', 'results', 'lines']), text: z.string() }).nullable(),
  /** what went wrong beside a good report; why there is none */
  warning: z.string().nullable(),
  reason: z.string().nullable(),
  node: z.string().nullable(),
  /** runs started so far */
  attempts: count,
  exitCode: z.int().nullable(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  /** the search's revision with its end; null while it goes on */
  ended: count.nullable(),
})
/** By number after `after`; with `since` those that ended after that revision, in the order of their ends. */
export const trialsQuery = z.object({
  after: z.coerce.number().int().min(-1).default(-1),
  since: queryCount.optional(),
  limit: queryCount.min(1).max(10_000).default(1000),
})
export const trialsReply = z.object({ trials: z.array(trialReply), more: z.boolean() })

/** shared/model/domain.ts, which nests: as the head keeps it. */
export const spaceReply = z.object({ params: z.array(z.object({ name: z.string(), domain: z.looseObject({ kind: z.string() }) })) })

export const extendRequest = z.object({ samples: z.int().min(1).max(1_000_000_000) })
/** `cancel`: also what runs */
export const stopRequest = z.object({ cancel: z.boolean() })
/** `trials`: opened again */
export const retryTrialsReply = z.object({ trials: count })
