// What a search costs beside the same work without one: N trials of a command that takes 10 ms, against N plain jobs of it on
// the same head and agent, alternating in the same minutes. Medians of the rounds.
//   npx tsx bench/search.ts [--trials 2000] [--rounds 3] [--slots 2] [--write]
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { JobReply, JobsetReply } from '../shared/api/types.ts'
import { startAgent } from '../test/support/agent.ts'
import { distOk } from '../test/support/dist.ts'
import { startHead } from '../test/support/head.ts'
import { until } from '../test/support/until.ts'
import { median } from './cpu.ts'
import { writeResult } from './write-result.ts'

const { values } = parseArgs({
  options: { trials: { type: 'string' }, rounds: { type: 'string' }, slots: { type: 'string' }, write: { type: 'boolean' } },
})
const trials = Number(values.trials ?? 2000)
const rounds = Number(values.rounds ?? 3)
const slots = Number(values.slots ?? 2)

const head = await startHead()
try {
  await startAgent(head, { name: 'bench', cores: slots, env: { PATH: '/usr/bin:/bin' } })
  const folder = join(head.root, 'jobs')
  mkdirSync(folder, { recursive: true })
  await run('warm_up', plainJobs(200))
  const measured: { plain: number; search: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const plain = await run(`plain_${round}`, plainJobs(trials))
    const search = await run(`search_${round}`, searchOf(trials))
    measured.push({ plain, search })
    console.log(`round ${round + 1}: plain ${rate(plain)}/s, search ${rate(search)}/s, ratio ${(search / plain).toFixed(3)}`)
  }
  const result = {
    bench: 'search',
    trials,
    rounds,
    slots,
    plainRate: rate(median(measured.map(({ plain }) => plain))),
    searchRate: rate(median(measured.map(({ search }) => search))),
    ratio: Number(median(measured.map(({ plain, search }) => search / plain)).toFixed(3)),
  }
  console.log(JSON.stringify(result, null, 2))
  if (values.write === true) writeResult(result)

  /** ms from the submission's end to the jobset's. */
  async function run(batch: string, lines: readonly string[]): Promise<number> {
    const file = join(folder, `${batch}.yaml`)
    writeFileSync(file, [`meta: {batch_name: ${batch}, namespace: bench}`, 'resources: {cores: 1}', ...lines, ''].join('\n'))
    await distOk(head, ['add', file])
    const find = async (): Promise<JobsetReply | undefined> =>
      (await head.api<{ jobsets: JobsetReply[] }>('GET', `/jobsets?namespace=bench&batch=${batch}`)).jobsets[0]
    const done = await until(
      `${batch} is over`,
      async () => {
        const jobset = await find()
        return jobset !== undefined && jobset.state !== 'active' ? jobset : null
      },
      { within: 600_000, every: 100, report: head.report },
    )
    if (done.state !== 'succeeded') throw new Error(`${batch} ended ${done.state}: ${done.reason}`)
    const { jobs } = await head.api<{ jobs: JobReply[] }>('GET', `/jobsets/${done.id}/jobs?limit=1`)
    return (done.finishedAt ?? 0) - (jobs[0]?.startedAt ?? 0)
  }
} finally {
  await head.stop()
}

function plainJobs(count: number): readonly string[] {
  return [
    'shell:',
    '  jobs:',
    ...Array.from({ length: count }, (_, i) => `    - {name: j${i}, run: "sleep 0.01; echo DIST_METRIC loss=${i}"}`),
  ]
}

function searchOf(count: number): readonly string[] {
  return [
    'shell:',
    'search:',
    '  command: "sleep 0.01; echo DIST_METRIC loss={{x}}"',
    `  params: {x: {range: ${count}}}`,
    '  algorithm: grid',
    '  max_concurrent: 200',
  ]
}

function rate(ms: number): number {
  return Math.round((trials * 1000) / ms)
}
