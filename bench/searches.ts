// What a trial costs beside a plain job: a grid of N trials of 10 ms through one head and one agent, against a jobset of N plain
// jobs that do the same, alternating in the same minutes. Medians of the rounds.
//   npx tsx bench/searches.ts [--trials 2000] [--rounds 3] [--slots 2] [--at-once 200] [--write]
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { JobReply, JobsetReply } from '../shared/api/types.ts'
import { startAgent } from '../test/support/agent.ts'
import { distOk } from '../test/support/dist.ts'
import { startHead } from '../test/support/head.ts'
import { until } from '../test/support/until.ts'
import { cpuMs, median } from './cpu.ts'
import { writeResult } from './write-result.ts'

const { values } = parseArgs({
  options: {
    trials: { type: 'string' },
    rounds: { type: 'string' },
    slots: { type: 'string' },
    'at-once': { type: 'string' },
    write: { type: 'boolean' },
  },
})
const trials = Number(values.trials ?? 2000)
const rounds = Number(values.rounds ?? 3)
const slots = Number(values.slots ?? 2)
const atOnce = Number(values['at-once'] ?? 200)

const head = await startHead()
try {
  await startAgent(head, { name: 'bench', cores: slots, env: { PATH: '/usr/bin:/bin' } })
  const folder = join(head.root, 'jobs')
  mkdirSync(folder)
  const measured: { readonly jobs: number; readonly search: number; readonly headJobs: number; readonly headSearch: number }[] = []
  await run(folder, 'warm_up', jobsOf(100))
  await run(folder, 'warm_search', searchOf(100))
  for (let round = 0; round < rounds; round++) {
    const before = cpuMs(head.pid)
    const jobs = await run(folder, `jobs_${round}`, jobsOf(trials))
    const between = cpuMs(head.pid)
    const search = await run(folder, `search_${round}`, searchOf(trials))
    measured.push({ jobs, search, headJobs: between - before, headSearch: cpuMs(head.pid) - between })
    console.log(`round ${round + 1}: jobs ${rate(jobs)}/s, trials ${rate(search)}/s, ratio ${(search / jobs).toFixed(3)}`)
  }
  const result = {
    bench: 'searches',
    ...{ trials, rounds, slots, atOnce },
    jobRate: rate(median(measured.map(({ jobs }) => jobs))),
    trialRate: rate(median(measured.map(({ search }) => search))),
    ratio: Number(median(measured.map(({ jobs, search }) => search / jobs)).toFixed(3)),
    headCpuMsPerJob: Number((median(measured.map(({ headJobs }) => headJobs)) / trials).toFixed(3)),
    headCpuMsPerTrial: Number((median(measured.map(({ headSearch }) => headSearch)) / trials).toFixed(3)),
  }
  console.log(JSON.stringify(result, null, 2))
  if (values.write === true) writeResult(result)
} finally {
  await head.stop()
}

function jobsOf(count: number): string {
  const jobs = Array.from({ length: count }, (_, i) => `    - {name: j${i}, run: "sleep 0.01"}\n`)
  return `resources: {cores: 1}\nshell:\n  jobs:\n${jobs.join('')}`
}

function searchOf(count: number): string {
  return `shell:\nsearch:\n  command: sleep 0.01\n  metric: none\n  params: {x: {range: ${count}}}\n  max_concurrent: ${atOnce}\n`
}

/** ms from the first start to the end of the jobset. */
async function run(folder: string, batch: string, text: string): Promise<number> {
  const file = join(folder, `${batch}.yaml`)
  writeFileSync(file, `meta: {batch_name: ${batch}, namespace: bench, capabilities: []}\n${text}`)
  await distOk(head, ['add', file])
  const done = await until(
    `${batch} is over`,
    async () => {
      const { jobsets } = await head.api<{ jobsets: JobsetReply[] }>('GET', `/jobsets?namespace=bench&batch=${batch}`)
      return jobsets[0] !== undefined && jobsets[0].state !== 'active' ? jobsets[0] : null
    },
    { within: 600_000, every: 200, report: head.report },
  )
  if (done.state !== 'succeeded') throw new Error(`${batch} ended ${done.state}`)
  const { jobs } = await head.api<{ jobs: JobReply[] }>('GET', `/jobsets/${done.id}/jobs?limit=1`)
  return (done.finishedAt ?? 0) - (jobs[0]?.startedAt ?? 0)
}

function rate(ms: number): number {
  return Math.round((trials * 1000) / ms)
}
