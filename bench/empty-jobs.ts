// Runs jobsets of jobs that do nothing, for benches of what is around a job.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JobReply, JobsetReply } from '../shared/api/types.ts'
import { distOk } from '../test/support/dist.ts'
import type { Head } from '../test/support/head.ts'
import { until } from '../test/support/until.ts'

export type EmptyJob = 'python' | 'shell'

/** Runs `count` of them as jobset `bench/<batch>`: ms from the first start to the last commit, and until all lie in their folders. */
export async function runEmptyJobs(
  on: Head,
  folder: string,
  batch: string,
  count: number,
  kind: EmptyJob,
): Promise<{ committed: number; placed: number }> {
  // `xargs` beside it runs the same script in the same folder
  mkdirSync(join(folder, 'distribute_save'), { recursive: true })
  writeFileSync(join(folder, 'job.py'), 'pass\n')
  const lines = Array.from({ length: count }, (_, i) => `    - {name: j${i}, ${kind === 'shell' ? 'run: "true"' : 'file: job.py'}}`)
  const file = join(folder, `${batch}.yaml`)
  writeFileSync(
    file,
    [
      `meta: {batch_name: ${batch}, namespace: bench, capabilities: []}`,
      'resources: {cores: 1}',
      `${kind}:`,
      '  initialize: {}',
      '  jobs:',
      ...lines,
      '',
    ].join('\n'),
  )
  await distOk(on, ['add', file])
  const find = async (): Promise<JobsetReply | undefined> =>
    (await on.api<{ jobsets: JobsetReply[] }>('GET', `/jobsets?namespace=bench&batch=${batch}`)).jobsets[0]
  const done = await until(
    `${batch} is over`,
    async () => {
      const jobset = await find()
      return jobset !== undefined && jobset.state !== 'active' ? jobset : null
    },
    { within: 600_000, every: 200, report: on.report },
  )
  if (done.state !== 'succeeded') throw new Error(`${batch} ended ${done.state}`)
  await until('all results are placed', async () => (await find())?.placed === true, { within: 60_000, every: 20 })
  const placedAt = Date.now()
  const { jobs: first } = await on.api<{ jobs: JobReply[] }>('GET', `/jobsets/${done.id}/jobs?limit=1`)
  const start = first[0]?.startedAt ?? 0
  return { committed: (done.finishedAt ?? 0) - start, placed: placedAt - start }
}
