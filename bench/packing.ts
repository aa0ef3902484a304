// How busy slots are kept: 64 one-core jobs of half a second on an agent with four cores. At most four at once; what part of
// the time between the first start and the last end the slots were running a job.
//   npx tsx bench/packing.ts [--jobs 64] [--seconds 0.5] [--write]
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { JobReply } from '../shared/api/types.ts'
import { startAgent } from '../test/support/agent.ts'
import { startHead } from '../test/support/head.ts'
import { runJobset } from './run-jobset.ts'
import { writeResult } from './write-result.ts'

const { values } = parseArgs({ options: { jobs: { type: 'string' }, seconds: { type: 'string' }, write: { type: 'boolean' } } })
const jobs = Number(values.jobs ?? 64)
const seconds = Number(values.seconds ?? 0.5)
const cores = 4

const head = await startHead()
try {
  await startAgent(head, { name: 'bench', cores })
  const folder = join(head.root, 'jobs')
  mkdirSync(folder, { recursive: true })
  const lines = Array.from({ length: jobs }, (_, i) => `    - {name: j${i}, run: sleep ${seconds}}`)
  const file = join(folder, 'packing.yaml')
  writeFileSync(
    file,
    ['meta: {batch_name: packing, namespace: bench}', 'resources: {cores: 1}', 'shell:', '  jobs:', ...lines, ''].join('\n'),
  )
  const done = await runJobset(head, file, 'packing')
  const { jobs: all } = await head.api<{ jobs: JobReply[] }>('GET', `/jobsets/${done.id}/jobs?limit=10000`)
  const spans = all.map(({ startedAt, usage }) => {
    const begin = startedAt ?? 0
    return { begin, end: begin + (usage?.wallSeconds ?? 0) * 1000 }
  })
  const first = Math.min(...spans.map(({ begin }) => begin))
  const last = Math.max(...spans.map(({ end }) => end))
  const busy = spans.reduce((sum, { begin, end }) => sum + end - begin, 0) / (cores * (last - first))
  // A start is told to the millisecond: spans that only touch do not overlap.
  const most = Math.max(...spans.map(({ begin }) => spans.filter((other) => other.begin <= begin && begin + 1 < other.end).length))
  const result = { bench: 'packing', jobs, seconds, cores, mostAtOnce: most, slotsBusy: Number(busy.toFixed(3)) }
  console.log(JSON.stringify(result, null, 2))
  if (values.write === true) writeResult(result)
} finally {
  await head.stop()
}
