// The rate of very short jobs on two slots: `true` through a LauncherLink with 32 given ahead a slot, beside `xargs -P2` and GNU
// `parallel -j2` (where it is installed) in the same minute. Run: npx tsx bench/parallel.ts [jobs…]; prints a table, then JSON.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectLauncher } from '../node-agent/launcher/client.ts'
import type { LauncherLink } from '../node-agent/launcher/launcher-link.ts'
import type { RunOrder } from '../node-agent/launcher/messages.ts'

const ahead = 32
const slots = 2
const rounds = 5
const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [300, 3000]
const env = { PATH: '/usr/bin:/bin', HOME: process.env['HOME'] ?? '/' }
let last = 0
const parallel = ['/usr/bin/parallel', '/usr/local/bin/parallel'].find((path) => existsSync(path)) ?? null

const work = mkdtempSync(join(tmpdir(), 'dist-bench-parallel-'))
const stopper = new AbortController()
const link = await connectLauncher({ work, python: '/usr/bin/python3', signal: stopper.signal, log: () => {} })
const ready = new Promise<void>((resolve) => {
  let n = 0
  link.onKeeper(() => {
    if (++n === slots) resolve()
  })
})
link.slots(slots)
await ready
for (let slot = 0; slot < slots; slot++) {
  const w = join(work, 'ws', `bench${slot}`)
  mkdirSync(w, { recursive: true })
  link.send(slot, [{ op: 'tmpl', t: 'bench', w, env, files: [] }])
}
await ours(link, 100)

const results: Record<string, unknown>[] = []
for (const jobs of counts) {
  const all: { ours: number; xargs: number; parallel: number | null }[] = []
  for (let round = 0; round < rounds; round++) {
    all.push({
      ours: await ours(link, jobs),
      xargs: await other('xargs', [`-P${slots}`, '-I{}', '/bin/true'], jobs),
      // a perl program that needs 3 ms a job: fewer rounds of it
      parallel: parallel === null || round > 0 ? null : await other(parallel, [`-j${slots}`, '--will-cite', '-N1', '/bin/true', '#'], jobs),
    })
  }
  const rate = (ms: number) => Math.round((jobs / ms) * 1000)
  const parallelMs = all[0]?.parallel ?? null
  const result = {
    jobs,
    slots,
    rounds,
    oursRate: rate(median(all.map((r) => r.ours))),
    xargsRate: rate(median(all.map((r) => r.xargs))),
    parallelRate: parallelMs === null ? null : rate(parallelMs),
    ofXargs: round2(median(all.map((r) => r.xargs / r.ours))),
    all: all.map((r) => round2(r.xargs / r.ours)),
  }
  results.push(result)
  console.log(
    `${jobs} jobs on ${slots} slots: ours ${result.oursRate}/s  xargs ${result.xargsRate}/s  GNU parallel ` +
      `${result.parallelRate === null ? 'not installed' : `${result.parallelRate}/s`}  ours is ${result.ofXargs} of xargs ${JSON.stringify(result.all)}`,
  )
}
console.log(JSON.stringify(results))
await link.stop(0)
rmSync(work, { recursive: true, force: true })

/** Milliseconds until `count` jobs have been reported by the slots together. */
function ours(link: LauncherLink, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let sent = 0
    let done = 0
    const begun = performance.now()
    const give = (slot: number, n: number) => {
      const orders: RunOrder[] = []
      for (; n > 0 && sent < count; n--) orders.push(run(++sent))
      if (orders.length > 0) link.send(slot, orders)
    }
    const off = link.onReports((slot, reports) => {
      const ids: string[] = []
      for (const report of reports) {
        if (report.e === 'exit' && report.st === 0) ids.push(report.id)
        else if (report.e === 'exit' || report.e === 'fail') reject(new Error(JSON.stringify(report)))
      }
      if (ids.length === 0) return
      done += ids.length
      link.send(slot, [{ op: 'forget', ids }])
      if (done < count) return give(slot, ids.length)
      off()
      resolve(performance.now() - begun)
    })
    // evenly, so that none ends with a queue while the other has nothing
    for (let slot = 0; slot < slots; slot++) give(slot, Math.min(ahead, Math.ceil(count / slots)))
  })
}

function run(n: number): RunOrder {
  last++
  const id = `${process.pid}-${last}`
  return { op: 'run', id, t: 'bench', k: 'job', argv: ['/bin/true'], env: { DIST_JOB: `job_${n}` }, files: [], script: null, limit: null }
}

/** Milliseconds that another program takes for one process a line. */
async function other(program: string, args: readonly string[], count: number): Promise<number> {
  const begun = performance.now()
  const child = spawn(program, args, { cwd: work, env, stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.end('x\n'.repeat(count))
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`${program} ended with ${status}`)
  return performance.now() - begun
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}
