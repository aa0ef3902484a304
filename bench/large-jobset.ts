// A jobset of many jobs that share their script, as JSON and as block YAML: what `dist add` takes (wall and CPU time, peak
// memory), how fast `dist status` answers meanwhile, when `dist jobs` shows its first rows. Beside them on the same machine in
// the same minutes: a fixed piece of work of one core, and the `yaml` package reading the same text and nothing else.
//   npx tsx bench/large-jobset.ts [--jobs 100000] [--write]
//   npx tsx bench/large-jobset.ts --run 10000     also lets an agent run them, and weighs it
// On a machine that others use: nice -n -15 npx tsx … measures ahead of them, and says so.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { getPriority, loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { JobsetReply } from '../shared/api/types.ts'
import { startAgent } from '../test/support/agent.ts'
import { type Head, startHead } from '../test/support/head.ts'
import { programArgv } from '../test/support/programs.ts'
import { cpuMs, median, rssMiB } from './cpu.ts'
import { writeResult } from './write-result.ts'

const { values } = parseArgs({ options: { jobs: { type: 'string' }, run: { type: 'string' }, write: { type: 'boolean' } } })
const jobs = Number(values.run ?? values.jobs ?? 100_000)
/** ms between two looks of a person who cannot wait */
const statusPause = 100

const head = await startHead()
try {
  const folder = join(head.root, 'jobs')
  mkdirSync(folder)
  writeFileSync(join(folder, 'job.py'), 'pass\n')
  const formats = { json: jsonText(), yaml: yamlText() }
  const result = {
    bench: 'large-jobset',
    jobs,
    load: loadavg().map(round),
    // below 0: measured ahead of what else ran on the machine
    niceness: getPriority(),
    fixedWorkSeconds: fixedWork(),
    json: await measure('json', formats.json),
    yaml: { ...(await measure('yaml', formats.yaml)), parserAloneSeconds: parserAlone(join(folder, 'large.yaml')) },
    headRssMiB: Math.round(rssMiB(head.pid)),
    ...(values.run === undefined ? {} : await runThem()),
    versionMsMedian: Math.round(median(Array.from({ length: 11 }, () => timedSync(programArgv('cli'), ['--version'])))),
    bareNodeMsMedian: Math.round(median(Array.from({ length: 11 }, () => timedSync([process.execPath], ['-e', '0'])))),
  }
  console.log(JSON.stringify(result, null, 2))
  if (values.write === true) writeResult(result)

  async function measure(format: 'json' | 'yaml', text: string) {
    const file = join(folder, `large.${format}`)
    writeFileSync(file, text)
    const idle = await looks(head, sleep(1500))
    const calls: number[] = []
    const times = join(head.root, 'times')
    const headBefore = cpuMs(head.pid)
    const start = performance.now()
    const add = dist(head, ['add', file], ['/usr/bin/time', '-o', times, '-f', '%U %S %M'])
    const ended = once(add, 'exit')
    const meanwhile = await looks(head, ended, calls)
    const [code] = (await ended) as [number]
    if (code !== 0) throw new Error(`dist add ended with ${code}`)
    const seconds = (performance.now() - start) / 1000
    const [user = 0, system = 0, kib = 0] = readFileSync(times, 'utf8').trim().split(' ').map(Number)
    const rows = await Promise.all([firstRows(head, `bench/large_${format}`)])
    return {
      addSeconds: round(seconds),
      addCpuSeconds: round(user + system),
      headCpuSeconds: round((cpuMs(head.pid) - headBefore) / 1000),
      addPeakMiB: Math.round(kib / 1024),
      statusIdleMsMedian: Math.round(median(idle)),
      status: { looks: meanwhile.length, msMedian: Math.round(median(meanwhile)), msP99: Math.round(p99(meanwhile)) },
      statusApi: { msMedian: round(median(calls)), msP99: round(p99(calls)) },
      jobsFirstRowsMs: Math.round(median(rows)),
    }
  }
} finally {
  await head.stop()
}

function jsonText(): string {
  const list = Array.from({ length: jobs }, (_, i) => ({ name: `job_${i}`, file: 'job.py' }))
  return JSON.stringify({ meta: { batch_name: 'large_json', namespace: 'bench', capabilities: [] }, python: { jobs: list } })
}

function yamlText(): string {
  const list = Array.from({ length: jobs }, (_, i) => `    - name: job_${i}\n      file: job.py\n`).join('')
  return `meta:\n  batch_name: large_yaml\n  namespace: bench\n  capabilities: []\npython:\n  initialize: {}\n  jobs:\n${list}`
}

/** ms of each `dist status` that was begun before `end` settled, one after the other; `calls` gets those of the request alone. */
async function looks(on: Head, end: Promise<unknown>, calls: number[] = []): Promise<number[]> {
  let over = false
  const ended = end.then(() => {
    over = true
  })
  const found: number[] = []
  while (!over) {
    const start = performance.now()
    await once(dist(on, ['status']), 'exit')
    found.push(performance.now() - start)
    const asked = performance.now()
    await on.api('GET', '/status')
    calls.push(performance.now() - asked)
    await Promise.race([sleep(statusPause), ended])
  }
  return found
}

/** ms until `dist jobs` has printed its title and a row; then nobody reads on. */
async function firstRows(on: Head, jobset: string): Promise<number> {
  const start = performance.now()
  const child = dist(on, ['jobs', jobset])
  let text = ''
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk)
    if (text.split('\n').length > 2) break
  }
  const took = performance.now() - start
  child.stdout?.destroy()
  await once(child, 'exit')
  return took
}

function dist(on: Head, args: readonly string[], before: readonly string[] = []): ChildProcess {
  const [command = '', ...rest] = [...before, ...programArgv('cli'), ...args]
  const env = { PATH: '/usr/bin:/bin', HOME: on.root, DIST_HEAD: on.url, DIST_TOKEN: on.token }
  return spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'ignore'] })
}

/** Seconds of a piece of work that is always the same: it says how fast one core is at the moment. */
function fixedWork(): number {
  const start = performance.now()
  let sum = 0
  for (let i = 0; i < 3; i++) sum += JSON.stringify(JSON.parse(jsonText())).length
  for (let i = 0; i < 2e8; i++) sum = (sum * 31 + i) | 0
  if (sum === 0.5) throw new Error('never: the loop must not be left out')
  return round((performance.now() - start) / 1000)
}

function parserAlone(file: string): number {
  const script =
    "require('yaml').parseDocument(require('fs').readFileSync(process.argv[1], 'utf8'), {schema: 'failsafe', uniqueKeys: false})"
  return round(timedSync([process.execPath], ['-e', script, file]) / 1000)
}

/** What the agent's main process weighs when all of the last jobset has passed through. */
async function runThem() {
  const agent = await startAgent(head, { name: 'bench', cores: 1, env: { PATH: '/usr/bin:/bin' } })
  const before = cpuMs(head.pid)
  let peak = 0
  for (let active = true; active; await sleep(50)) {
    const { jobsets } = await head.api<{ jobsets: JobsetReply[] }>('GET', '/status')
    peak = Math.max(peak, rssMiB(agent.pid))
    active = jobsets.some(({ state }) => state === 'active')
  }
  return { agentPeakRssMiB: Math.round(peak), headCpuMsPerJob: round((cpuMs(head.pid) - before) / (2 * jobs)) }
}

function timedSync([command, ...leading]: readonly [string, ...string[]] | readonly string[], args: readonly string[]): number {
  const start = performance.now()
  spawnSync(command ?? '', [...leading, ...args])
  return performance.now() - start
}

function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * 0.99) - 1)] ?? Number.NaN
}

function round(value: number): number {
  return Number(value.toFixed(2))
}
