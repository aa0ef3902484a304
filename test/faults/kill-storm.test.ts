// The bar of the foundation: head and agents killed 32 times while 200 jobs run on two nodes, then calm. Every job ends with
// exactly one committed result, every result is whole, and nothing is left running. Each kill waits for progress since the
// last one, so that a slow machine meets the same storm as a fast one: what fails is standing still, not being slow.
// DIST_STORM_SEED=n decides who is killed when.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openForReading } from '../../server/store/open-database.ts'
import type { JobsetReply, ResultReply } from '../../shared/api/types.ts'
import { sha256FileSync } from '../../shared/files/digest.ts'
import { Random } from '../sim/random.ts'
import { type Agent, startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { processesOf } from '../support/processes.ts'
import { until } from '../support/until.ts'

const jobs = 200
const headKills = 24
const agentKills = 8
/** ms without anything new after which something hangs; no machine is that slow */
const still = 120_000

let head: Head | undefined
afterEach(async () => {
  await head?.stop()
  head = undefined
})

interface Hits {
  running: number
  uploads: number
  commits: number
}

test('200 jobs survive 32 kills of head and agents with exactly one committed result each', async () => {
  head = await startHead()
  const agents = [await startAgent(head, { name: 'alpha' }), await startAgent(head, { name: 'beta' })]
  const file = writeJobset(join(head.root, 'jobs'))
  await distOk(head, ['add', file])
  const random = new Random(Number(process.env['DIST_STORM_SEED'] ?? 1))
  const hits = await storm(head, agents, random)
  const left = jobs - commits(head)
  await advancing(
    'every job ends',
    head,
    () => commits(known()),
    async () => (await finalState(known())).state !== 'active',
  )
  const jobset = await finalState(head)
  expect(jobset.state).toBe('succeeded')
  expect(jobset.counts.succeeded).toBe(jobs)
  await advancing(
    'every result lies in its folder',
    head,
    () => notPlaced(known()),
    async () => (await finalState(known())).placed,
  )
  const { results } = await head.api<{ results: ResultReply[] }>('GET', `/jobsets/${jobset.id}/results?limit=1000`)
  expect(results).toHaveLength(jobs)
  for (const result of results) rehash(head, result)

  for (const agent of agents) await agent.stop()
  await head.kill('SIGTERM')
  expectOneCommitEach(head)
  console.log(
    `kill storm: ${headKills} kills of the head, ${agentKills} of agents, ${left} jobs open after the last; of these ` +
      `${hits.running} hit running jobs, ${hits.uploads} uploads, ${hits.commits} open commits`,
  )
  expect(hits.running).toBeGreaterThanOrEqual(20)
  expect(hits.uploads).toBeGreaterThanOrEqual(1)
  expect(hits.commits).toBeGreaterThanOrEqual(1)
}, 3_600_000)

function known(): Head {
  if (head === undefined) throw new Error('no head')
  return head
}

/** Kills in an order of chance, each after progress since the last; picks a moment in which an upload or a commit is open. */
async function storm(on: Head, agents: readonly Agent[], random: Random): Promise<Hits> {
  const hits: Hits = { running: 0, uploads: 0, commits: 0 }
  for (const kind of shuffled(random)) {
    const agent = random.pick(agents)
    const victims = kind === 'agent' && agent !== undefined ? [agent] : agents
    await progress(on, victims, commits(on) + 1 + random.below(2))
    if (kind === 'agent' && agent !== undefined) {
      if (jobsRun(agent.work)) hits.running++
      await agent.kill('SIGKILL')
      await agent.restart()
    } else {
      await momentOf(on, hits.uploads <= hits.commits)
      const uploading = uploadsOpen(on)
      if (agents.some(({ work }) => jobsRun(work))) hits.running++
      await on.kill('SIGKILL')
      if (uploading) hits.uploads++
      if (notPlaced(on) > 0) hits.commits++
      await on.restart()
    }
  }
  return hits
}

function shuffled(random: Random): readonly ('head' | 'agent')[] {
  const left = { head: headKills, agent: agentKills }
  const order: ('head' | 'agent')[] = []
  while (left.head + left.agent > 0) {
    const kind = random.below(left.head + left.agent) < left.head ? 'head' : 'agent'
    left[kind]--
    order.push(kind)
  }
  return order
}

/** Waits for the `wanted`th commit, and for a job that runs on one of the nodes which the next kill is about. */
async function progress(on: Head, agents: readonly Agent[], wanted: number): Promise<void> {
  const done = (): boolean => {
    if (commits(on) === jobs) throw new Error('the storm ran out of jobs')
    return commits(on) >= wanted && agents.some(({ work }) => jobsRun(work))
  }
  await advancing(`${wanted} commits and a running job`, on, () => commits(on), done)
}

/** Waits without a deadline for the whole: fails when `measure` stands still. */
async function advancing(what: string, on: Head, measure: () => number, done: () => boolean | Promise<boolean>): Promise<void> {
  let [last, since] = [measure(), performance.now()]
  const look = async (): Promise<boolean> => {
    if (await done()) return true
    const now = measure()
    if (now !== last) [last, since] = [now, performance.now()]
    if (performance.now() - since > still) throw new Error(`nothing moves any more (${what}, at ${now})\n${on.report()}`)
    return false
  }
  await until(what, look, { within: Number.POSITIVE_INFINITY, every: 20 })
}

/** Waits up to 500 ms for the moment that hurts most. */
async function momentOf(on: Head, upload: boolean): Promise<void> {
  const open = (): boolean => (upload ? uploadsOpen(on) : notPlaced(on) > 0)
  await until('a bad moment', open, { within: 500, every: 2 }).catch(() => undefined)
}

/** A large result is on its way in. */
function uploadsOpen(on: Head): boolean {
  const folder = join(on.data, 'results', '.incoming')
  return existsSync(folder) && readdirSync(folder).some((name) => !name.endsWith('.manifest.json'))
}

/** Results that are committed and not in their folder yet. */
function notPlaced(on: Head): number {
  return count(on, "SELECT count(*) FROM attempt WHERE location <> 'folder'")
}

function commits(on: Head): number {
  return count(on, "SELECT count(*) FROM event WHERE kind = 'committed'")
}

function count(on: Head, sql: string): number {
  const db = openForReading(join(on.data, 'dist.sqlite'))
  try {
    return db.prepare<[], number>(sql).pluck().get() ?? 0
  } finally {
    db.close()
  }
}

function jobsRun(work: string): boolean {
  return processesOf(work).some(({ command }) => command.includes('./job.py'))
}

async function finalState(on: Head): Promise<JobsetReply> {
  const { jobsets } = await on.api<{ jobsets: JobsetReply[] }>('GET', '/jobsets?namespace=storm&batch=storm')
  const [jobset] = jobsets
  if (jobset === undefined) throw new Error('the acknowledged jobset is gone')
  return jobset
}

function rehash(on: Head, result: ResultReply): void {
  const folder = join(on.data, 'results/storm/storm', result.name)
  const files = result.manifest.filter((entry) => entry.kind === 'file')
  expect(files.map((entry) => entry.path).sort()).toContain('stdout.txt')
  expect(files.length).toBeGreaterThanOrEqual(2)
  for (const entry of files) expect(sha256FileSync(join(folder, entry.path))).toEqual({ sha256: entry.sha256, size: entry.size })
}

function expectOneCommitEach(on: Head): void {
  const db = openForReading(join(on.data, 'dist.sqlite'))
  try {
    const rows = db.prepare<[], { n: number }>("SELECT count(*) AS n FROM event WHERE kind = 'committed' GROUP BY job").all()
    expect(rows.map((row) => row.n)).toEqual(Array.from({ length: jobs }, () => 1))
  } finally {
    db.close()
  }
}

/** Every fifth job saves 24 MB, so that uploads take a while; the others a line. */
function writeJobset(folder: string): string {
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'run.py'),
    [
      'import os, sys, time',
      'n = int(open("input/n.txt").read())',
      'print("job", n, flush=True)',
      'time.sleep(0.25 + (n % 7) * 0.06)',
      'with open("distribute_save/answer.txt", "w") as f: f.write(str(n * n))',
      'if n % 5 == 0:',
      '    with open("distribute_save/big.bin", "wb") as f:',
      '        for _ in range(24): f.write(os.urandom(1 << 20))',
      '',
    ].join('\n'),
  )
  const lines = ['meta: {batch_name: storm, namespace: storm, capabilities: [python3]}', 'python:', '  initialize: {}', '  jobs:']
  for (let n = 0; n < jobs; n++) {
    writeFileSync(join(folder, `n${n}.txt`), `${n}`)
    lines.push(`    - {name: job_${n}, file: run.py, required_files: [{path: n${n}.txt, alias: n.txt}]}`)
  }
  const file = join(folder, 'jobs.yaml')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}
