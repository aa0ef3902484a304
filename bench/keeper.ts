// What launcher and keeper add to a short job: N jobs on one slot, driven by a LauncherLink with 32 given ahead, beside
// `xargs -P1` of the same command in the same minute. Each in the workspace itself, then in an overlay view of it where this
// machine allows one. Run: npx tsx bench/keeper.ts [jobs] [rounds] [plain]; prints a table, then JSON.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectLauncher } from '../node-agent/launcher/client.ts'
import type { LauncherLink } from '../node-agent/launcher/launcher-link.ts'
import type { RunOrder } from '../node-agent/launcher/messages.ts'
import { probeViews } from '../node-agent/probe/views.ts'
import { sha256 } from '../shared/files/digest.ts'

const ahead = 32
const jobs = Number(process.argv[2] ?? 2000)
const rounds = Number(process.argv[3] ?? 3)
const python = process.argv[4] === 'plain' ? null : '/usr/bin/python3'
const env = { PATH: '/usr/bin:/bin', HOME: process.env['HOME'] ?? '/', PYTHONUNBUFFERED: '1', DIST_CORES: '1', OMP_NUM_THREADS: '1' }
const commands = { python: ['/usr/bin/python3', './job.py', '1'], true: ['/bin/true'] } as const

interface Round {
  readonly xargsMs: number
  readonly oursMs: number
  readonly keeperCpuMs: number
  readonly launcherCpuMs: number
}

const work = mkdtempSync(join(tmpdir(), 'dist-bench-keeper-'))
const space = join(work, 'ws', 'plain')
for (const name of ['plain', 'overlay']) mkdirSync(join(work, 'ws', name), { recursive: true })
const script = 'pass\n'
const input = '{"reynolds": 100}\n'
writeFileSync(join(work, 'script'), script)
writeFileSync(join(work, 'input.json'), input)
const stopper = new AbortController()
const link = await connectLauncher({ work, python, signal: stopper.signal, log: () => {} })
let keeper = 0
const ready = new Promise<void>((resolve) => {
  link.onKeeper((event) => {
    keeper = event.pid
    resolve()
  })
})
link.slots(1)
await ready
const files = [['input.json', sha256(input), 0o644, join(work, 'input.json')]] as const
const places = (await probeViews('/usr/bin/python3', work)) === 'overlay' ? ['plain', 'overlay'] : ['plain']
for (const t of places) {
  const view = t === 'plain' ? {} : { view: { kind: 'overlay', home: join(work, 'views', t, '0') } as const }
  link.send(0, [{ op: 'tmpl', t, w: join(work, 'ws', t), ...view, env, files }])
}

const results: Record<string, unknown>[] = []
for (const [name, argv, place] of Object.entries(commands).flatMap(([name, argv]) => places.map((place) => [name, argv, place] as const))) {
  await ours(link, place, argv, 100)
  const all: Round[] = []
  for (let round = 0; round < rounds; round++) {
    const before = { keeper: cpuMs(keeper), launcher: cpuMs(link.hello.pid) }
    const oursMs = await ours(link, place, argv, jobs)
    const after = { keeper: cpuMs(keeper), launcher: cpuMs(link.hello.pid) }
    const xargsMs = await xargs(argv, jobs)
    all.push({
      xargsMs: xargsMs / jobs,
      oursMs: oursMs / jobs,
      keeperCpuMs: (after.keeper - before.keeper) / jobs,
      launcherCpuMs: (after.launcher - before.launcher) / jobs,
    })
  }
  const xargsMs = median(all.map((r) => r.xargsMs))
  const oursMs = median(all.map((r) => r.oursMs))
  const result = {
    command: name,
    place,
    jobs,
    rounds,
    xargsMs: round3(xargsMs),
    oursMs: round3(oursMs),
    xargsRate: Math.round(1000 / xargsMs),
    oursRate: Math.round(1000 / oursMs),
    ratio: round3(median(all.map((r) => r.oursMs / r.xargsMs))),
    ratios: all.map((r) => round3(r.oursMs / r.xargsMs)),
    keeperCpuMs: round3(median(all.map((r) => r.keeperCpuMs))),
    launcherCpuMs: round3(median(all.map((r) => r.launcherCpuMs))),
  }
  results.push(result)
  console.log(
    `${name.padEnd(7)} ${place.padEnd(8)} xargs ${result.xargsRate}/s (${result.xargsMs} ms)  ours ${result.oursRate}/s (${result.oursMs} ms)  ratio ${result.ratio} ${JSON.stringify(result.ratios)}` +
      `  CPU ms a job: keeper ${result.keeperCpuMs}, launcher ${result.launcherCpuMs}`,
  )
}
console.log(JSON.stringify(results))
await link.stop(0)
rmSync(work, { recursive: true, force: true })

/** Milliseconds until `count` jobs have been reported. */
function ours(link: LauncherLink, place: string, argv: readonly string[], count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let sent = 0
    let done = 0
    const begun = performance.now()
    const give = (n: number) => {
      const orders: RunOrder[] = []
      for (; n > 0 && sent < count; n--) orders.push(run(++sent, place, argv))
      if (orders.length > 0) link.send(0, orders)
    }
    const off = link.onReports((_, reports) => {
      const ids: string[] = []
      for (const report of reports) {
        if (report.e === 'exit' && report.st === 0) ids.push(report.id)
        else if (report.e === 'exit' || report.e === 'fail') reject(new Error(JSON.stringify(report)))
      }
      done += ids.length
      if (done === count) {
        off()
        link.send(0, [{ op: 'forget', ids }])
        resolve(performance.now() - begun)
        return
      }
      if (ids.length > 0) link.send(0, [{ op: 'forget', ids }])
      give(ids.length)
    })
    give(ahead)
  })
}

function run(n: number, t: string, argv: readonly string[]): RunOrder {
  const id = `${process.pid}-${n}`
  const jobEnv = { DIST_JOB: `job_${n}`, DIST_ATTEMPT: id, DIST_SAVE_DIR: join(work, 'ws', t, 'distribute_save') }
  return {
    op: 'run',
    id,
    t,
    k: 'job',
    argv,
    env: jobEnv,
    files: [],
    script: ['job.py', sha256(script), 0o644, join(work, 'script')],
    limit: null,
  }
}

/** Milliseconds that `xargs -P1` takes for the same command, one process a line. */
async function xargs(argv: readonly string[], count: number): Promise<number> {
  const begun = performance.now()
  const child = spawn('xargs', ['-P1', '-I{}', ...argv], { cwd: space, env, stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.end('x\n'.repeat(count))
  await once(child, 'exit')
  return performance.now() - begun
}

/** User and system time of a process so far. */
function cpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000
}
