// What a job costs beside the bare process: N empty jobs through one head and one agent, against `xargs` running the same
// command in as many slots, alternating in the same minutes; with --kind shell also against GNU parallel, once a run.
// Medians of the rounds.
//   npx tsx bench/end-to-end.ts [--jobs 2000] [--rounds 3] [--slots 1] [--kind python|shell] [--write]
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startAgent } from '../test/support/agent.ts'
import { startHead } from '../test/support/head.ts'
import { cpuMs, median, processesWith, rssMiB, threadsCpuMs } from './cpu.ts'
import { type EmptyJob, runEmptyJobs } from './empty-jobs.ts'
import { writeResult } from './write-result.ts'

const { values } = parseArgs({
  options: {
    jobs: { type: 'string' },
    rounds: { type: 'string' },
    slots: { type: 'string' },
    kind: { type: 'string' },
    write: { type: 'boolean' },
  },
})
const jobs = Number(values.jobs ?? 2000)
const rounds = Number(values.rounds ?? 3)
const slots = Number(values.slots ?? 1)
const shell = values.kind === 'shell'
const kind: EmptyJob = shell ? 'shell' : 'python'
const command = shell ? '/bin/sh -eu -c true sh' : '/usr/bin/python3 ./job.py'

const head = await startHead()
try {
  const agent = await startAgent(head, { name: 'bench', cores: slots, env: { PATH: '/usr/bin:/bin' } })
  const folder = join(head.root, 'jobs')
  const parts = (): Record<string, number[]> => ({
    head: [head.pid],
    agent: [agent.pid],
    launcher: processesWith('launcher-main', agent.work),
    keeper: processesWith('keeper.py', agent.work),
  })
  await runEmptyJobs(head, folder, 'warm_up', 300, kind)
  const measured: { bare: number; committed: number; placed: number; cpu: Record<string, number> }[] = []
  for (let round = 0; round < rounds; round++) {
    const bare = timed(folder, `yes 1 | head -${jobs} | xargs -P${slots} -n1 ${command}`)
    const pids = parts()
    const before = snapshot(pids)
    const threads = threadsCpuMs(head.pid)
    const run = await runEmptyJobs(head, folder, `round_${round}`, jobs, kind)
    const after = snapshot(pids)
    const cpu = Object.fromEntries(Object.keys(after).map((part) => [part, ((after[part] ?? 0) - (before[part] ?? 0)) / jobs]))
    // main, four of libuv and V8 each, writer, placer
    const spent = threadsCpuMs(head.pid).map((ms, i) => ((ms - (threads[i] ?? 0)) / jobs).toFixed(3))
    console.log(
      `head by thread, ms a job: ${spent.join(' ')}; ${Object.entries(cpu)
        .map(([part, ms]) => `${part} ${ms.toFixed(3)}`)
        .join(', ')}`,
    )
    measured.push({ bare, ...run, cpu })
    console.log(`round ${round + 1}: xargs ${rate(bare)}/s, dist ${rate(run.committed)}/s, ratio ${(run.committed / bare).toFixed(3)}`)
  }
  const xargsMs = median(measured.map((m) => m.bare)) / jobs
  const distMs = median(measured.map((m) => m.committed)) / jobs
  const cpu = Object.fromEntries(
    ['head', 'agent', 'launcher', 'keeper'].map((part) => [part, Number(median(measured.map((m) => m.cpu[part] ?? 0)).toFixed(3))]),
  )
  const result = {
    bench: 'end-to-end',
    kind,
    slots,
    jobs,
    rounds,
    xargsRate: Math.round(1000 / xargsMs),
    distRate: Math.round(1000 / distMs),
    ratio: Number(median(measured.map((m) => m.committed / m.bare)).toFixed(3)),
    ratioPlaced: Number(median(measured.map((m) => m.placed / m.bare)).toFixed(3)),
    ...(shell ? { ofXargsRate: Number((xargsMs / distMs).toFixed(3)), parallelRate: parallelRate(folder) } : {}),
    cpuMsPerJob: cpu,
    agentRssMiB: Math.round(rssMiB(agent.pid)),
    headRssMiB: Math.round(rssMiB(head.pid)),
  }
  console.log(JSON.stringify(result, null, 2))
  if (values.write === true) writeResult(result)
} finally {
  await head.stop()
}

/** ms of a shell line. */
function timed(folder: string, line: string): number {
  const start = performance.now()
  const { status } = spawnSync('sh', ['-c', line], { cwd: folder, env: { PATH: '/usr/bin:/bin', PYTHONUNBUFFERED: '1' } })
  if (status !== 0) throw new Error(`failed: ${line}`)
  return performance.now() - start
}

/** Jobs a second of GNU parallel, null where it is not installed. */
function parallelRate(folder: string): number | null {
  if (!existsSync('/usr/bin/parallel')) return null
  return rate(timed(folder, `yes 1 | head -${jobs} | HOME=/tmp /usr/bin/parallel --will-cite -j${slots} -N1 true '#'`))
}

function snapshot(pids: Record<string, number[]>): Record<string, number> {
  return Object.fromEntries(Object.entries(pids).map(([part, list]) => [part, list.reduce((sum, pid) => sum + cpuMs(pid), 0)]))
}

function rate(ms: number): number {
  return Math.round((jobs * 1000) / ms)
}
