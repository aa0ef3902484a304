// Runs jobsets of jobs that do nothing, for benches of what is around a job.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Head } from '../test/support/head.ts'
import { until } from '../test/support/until.ts'
import { benchJobset, runJobset } from './run-jobset.ts'

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
  const { startedAt, finishedAt } = await runJobset(on, file, batch)
  await until('all results are placed', async () => (await benchJobset(on, batch))?.placed === true, { within: 60_000, every: 20 })
  return { committed: finishedAt - startedAt, placed: Date.now() - startedAt }
}
