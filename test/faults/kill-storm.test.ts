// The bar of the foundation: a head killed every 2 s and an agent every 5 s while 200 jobs run on two nodes. Every job ends
// with exactly one committed result, every result is whole, and nothing is left running.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openForReading } from '../../server/store/open-database.ts'
import type { JobsetReply, ResultReply } from '../../shared/api/types.ts'
import { sha256FileSync } from '../../shared/files/digest.ts'
import { type Agent, startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { processesOf } from '../support/processes.ts'
import { until } from '../support/until.ts'

const jobs = 200
const headEvery = 2000
const agentEvery = 5000

let head: Head | undefined
afterEach(async () => {
  await head?.stop()
  head = undefined
})

interface Hits {
  headKills: number
  agentKills: number
  running: number
  uploads: number
  commits: number
}

test('200 jobs survive a head killed every 2 s and an agent every 5 s with exactly one committed result each', async () => {
  head = await startHead()
  const agents = [await startAgent(head, { name: 'alpha' }), await startAgent(head, { name: 'beta' })]
  const file = writeJobset(join(head.root, 'jobs'))
  await distOk(head, ['add', file])
  const hits = await storm(head, agents)
  const jobset = await finalState(head)
  expect(jobset.state).toBe('succeeded')
  expect(jobset.counts.succeeded).toBe(jobs)
  await until('every result lies in its folder', async () => (await finalState(known())).placed, { within: 60_000, every: 100 })
  const { results } = await head.api<{ results: ResultReply[] }>('GET', `/jobsets/${jobset.id}/results?limit=1000`)
  expect(results).toHaveLength(jobs)
  for (const result of results) rehash(head, result)

  for (const agent of agents) await agent.stop()
  await head.kill('SIGTERM')
  expectOneCommitEach(head)
  const rate = hits.headKills + hits.agentKills
  console.log(
    `kill storm: ${hits.headKills} kills of the head, ${hits.agentKills} of agents; of these ${hits.running} hit running jobs, ` +
      `${hits.uploads} uploads, ${hits.commits} open commits`,
  )
  expect(rate).toBeGreaterThanOrEqual(20)
  expect(hits.running).toBeGreaterThanOrEqual(20)
  expect(hits.uploads).toBeGreaterThanOrEqual(1)
  expect(hits.commits).toBeGreaterThanOrEqual(1)
}, 400_000)

function known(): Head {
  if (head === undefined) throw new Error('no head')
  return head
}

/** Kills until the jobset is over; picks the moment inside its window in which an upload or a commit is open. */
async function storm(on: Head, agents: readonly Agent[]): Promise<Hits> {
  const hits: Hits = { headKills: 0, agentKills: 0, running: 0, uploads: 0, commits: 0 }
  const deadline = Date.now() + 300_000
  let nextHead = Date.now() + headEvery
  let nextAgent = Date.now() + agentEvery
  let victim = 0
  while ((await finalState(on)).state === 'active') {
    if (Date.now() > deadline) throw new Error(`the jobs did not end\n${on.report()}`)
    if (Date.now() >= nextAgent) {
      nextAgent += agentEvery
      const agent = agents[victim++ % agents.length]
      if (agent === undefined) continue
      if (jobsRun(agent.work)) hits.running++
      hits.agentKills++
      await agent.kill('SIGKILL')
      await agent.restart()
    }
    if (Date.now() >= nextHead) {
      nextHead = Date.now() + headEvery
      const wantsUpload = hits.uploads <= hits.commits
      await momentOf(on, wantsUpload)
      const uploading = uploadsOpen(on)
      if (agents.some((agent) => jobsRun(agent.work))) hits.running++
      hits.headKills++
      await on.kill('SIGKILL')
      if (uploading) hits.uploads++
      if (commitsOpen(on)) hits.commits++
      await on.restart()
    }
  }
  return hits
}

/** Waits up to 500 ms for the moment that hurts most. */
async function momentOf(on: Head, upload: boolean): Promise<void> {
  const open = (): boolean => (upload ? uploadsOpen(on) : commitsOpen(on))
  await until('a bad moment', open, { within: 500, every: 2 }).catch(() => undefined)
}

/** A large result is on its way in. */
function uploadsOpen(on: Head): boolean {
  const folder = join(on.data, 'results', '.incoming')
  return existsSync(folder) && readdirSync(folder).some((name) => !name.endsWith('.manifest.json'))
}

/** A result is committed and not in its folder yet. */
function commitsOpen(on: Head): boolean {
  const db = openForReading(join(on.data, 'dist.sqlite'))
  try {
    return db.prepare("SELECT 1 FROM attempt WHERE location <> 'folder' LIMIT 1").get() !== undefined
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
