// What the head says of a test's jobsets, and waiting for it.
import type { JobReply, JobsetReply } from '../../shared/api/types.ts'
import type { Head } from './head.ts'
import { until } from './until.ts'

/** The jobset `test/<batch>`; throws when it is not there. */
export async function findJobset(head: Head, batch: string): Promise<JobsetReply> {
  const { jobsets } = await head.api<{ jobsets: JobsetReply[] }>('GET', `/jobsets?namespace=test&batch=${batch}`)
  const [jobset] = jobsets
  if (jobset === undefined) throw new Error(`there is no jobset test/${batch}`)
  return jobset
}

export async function jobsOf(head: Head, batch: string): Promise<JobReply[]> {
  const { id } = await findJobset(head, batch)
  return (await head.api<{ jobs: JobReply[] }>('GET', `/jobsets/${id}/jobs?limit=10000`)).jobs
}

/** Waits until the jobset is over and its results lie in their folders. */
export async function ended(head: Head, batch: string, within = 40_000): Promise<JobsetReply> {
  const look = async (): Promise<JobsetReply | null> => {
    const jobset = await findJobset(head, batch)
    return jobset.state !== 'active' && jobset.placed ? jobset : null
  }
  return until(`test/${batch} is over`, look, { within, every: 50, report: head.report })
}

/** Waits until so many of its jobs run. */
export async function running(head: Head, batch: string, count = 1): Promise<JobReply[]> {
  const look = async (): Promise<JobReply[] | null> => {
    const jobs = (await jobsOf(head, batch)).filter((job) => job.state === 'running')
    return jobs.length >= count ? jobs : null
  }
  return until(`${count} jobs of test/${batch} run`, look, { report: head.report })
}
