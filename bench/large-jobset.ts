// A jobset of many jobs that share their script: how long `dist add` takes, how fast `dist status` answers while it runs,
// what the agent's main process weighs when all of it has passed through.
//   npx tsx bench/large-jobset.ts [--jobs 10000] [--write]
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { JobsetReply } from '../shared/api/types.ts'
import { startAgent } from '../test/support/agent.ts'
import { type Head, startHead } from '../test/support/head.ts'
import { programArgv } from '../test/support/programs.ts'
import { cpuMs, median, rssMiB } from './cpu.ts'
import { writeResult } from './write-result.ts'

const { values } = parseArgs({ options: { jobs: { type: 'string' }, write: { type: 'boolean' } } })
const jobs = Number(values.jobs ?? 10_000)

const head = await startHead()
try {
  const agent = await startAgent(head, { name: 'bench', cores: 1, env: { PATH: '/usr/bin:/bin' } })
  const folder = join(head.root, 'jobs')
  mkdirSync(folder)
  writeFileSync(join(folder, 'job.py'), 'pass\n')
  const lines = Array.from({ length: jobs }, (_, i) => `    - name: job_${i}\n      file: job.py`)
  const meta = 'meta:\n  batch_name: large\n  namespace: bench\n  capabilities: []'
  writeFileSync(join(folder, 'jobs.yaml'), `${meta}\npython:\n  initialize: {}\n  jobs:\n${lines.join('\n')}\n`)

  const add = timed(head, ['add', join(folder, 'jobs.yaml')])
  const status: number[] = []
  const api: number[] = []
  let peak = 0
  for (;;) {
    const start = performance.now()
    const { jobsets } = await head.api<{ jobsets: JobsetReply[] }>('GET', '/status?all=true')
    api.push(performance.now() - start)
    peak = Math.max(peak, rssMiB(agent.pid))
    if (jobsets[0]?.state !== 'active') break
    status.push(timed(head, ['status']))
  }
  const version = Array.from({ length: 11 }, () => timed(head, ['--version']))
  const bare = Array.from({ length: 11 }, () => bareNode())
  const result = {
    bench: 'large-jobset',
    jobs,
    addSeconds: round(add / 1000),
    statusMsMedian: Math.round(median(status)),
    statusMsWorst: Math.round(Math.max(...status)),
    statusApiMsMedian: round(median(api)),
    agentPeakRssMiB: Math.round(peak),
    headRssMiB: Math.round(rssMiB(head.pid)),
    headCpuMsPerJob: round(cpuMs(head.pid) / jobs),
    versionMsMedian: Math.round(median(version)),
    bareNodeMsMedian: Math.round(median(bare)),
  }
  console.log(JSON.stringify(result, null, 2))
  if (values.write === true) writeResult(result)
} finally {
  await head.stop()
}

/** ms of one `dist` command, its start included. */
function timed(on: Head, args: readonly string[]): number {
  const [command, ...leading] = programArgv('cli')
  const env = { PATH: '/usr/bin:/bin', HOME: on.root, DIST_HEAD: on.url, DIST_TOKEN: on.token }
  const start = performance.now()
  const { status, stderr } = spawnSync(command, [...leading, ...args], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`dist ${args.join(' ')}: ${stderr}`)
  return performance.now() - start
}

function bareNode(): number {
  const start = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  return performance.now() - start
}

function round(value: number): number {
  return Number(value.toFixed(2))
}
