// Adds a jobset and waits for its end, for benches of what a jobset costs.
import type { JobReply, JobsetReply } from '../shared/api/types.ts'
import { distOk } from '../test/support/dist.ts'
import type { Head } from '../test/support/head.ts'
import { until } from '../test/support/until.ts'

export interface RanJobset {
  readonly id: number
  /** wall ms: the start of its first job, the commit of its last */
  readonly startedAt: number
  readonly finishedAt: number
}

/** `file` describes `bench/<batch>`. Throws unless all of it succeeds. */
export async function runJobset(on: Head, file: string, batch: string): Promise<RanJobset> {
  await distOk(on, ['add', file])
  const over = async (): Promise<JobsetReply | null> => {
    const jobset = await benchJobset(on, batch)
    return jobset !== undefined && jobset.state !== 'active' ? jobset : null
  }
  const done = await until(`${batch} is over`, over, { within: 600_000, every: 200, report: on.report })
  if (done.state !== 'succeeded') throw new Error(`${batch} ended ${done.state}: ${done.reason}`)
  const { jobs } = await on.api<{ jobs: JobReply[] }>('GET', `/jobsets/${done.id}/jobs?limit=1`)
  return { id: done.id, startedAt: jobs[0]?.startedAt ?? 0, finishedAt: done.finishedAt ?? 0 }
}

export async function benchJobset(on: Head, batch: string): Promise<JobsetReply | undefined> {
  return (await on.api<{ jobsets: JobsetReply[] }>('GET', `/jobsets?namespace=bench&batch=${batch}`)).jobsets[0]
}
