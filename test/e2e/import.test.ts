// `dist import` against a real head with a node: each result once, never over another, none to a node that another machine has done.
import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, plainPath, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended, findJobset, jobsOf, running } from '../support/jobset-state.ts'
import { jobProcessesOf } from '../support/processes.ts'
import { until } from '../support/until.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

const script =
  'import os, time\nif os.path.exists(os.environ.get("NAP", "")): time.sleep(60)\nopen("distribute_save/x", "w").write(os.environ["DIST_JOB"])\n'

/** A bundle of so many jobs, run here without a scheduler. */
async function ranBundle(batch: string, jobs: number, lines: readonly string[] = []): Promise<string> {
  const file = writeJobset(join(head.root, 'jobs'), { batch, script, jobs, lines })
  const folder = join(head.root, `bundle-${batch}`)
  await distOk(head, ['slurm', folder, file])
  for (let n = 0; n < jobs; n++) runJob(folder, `job_${n}`)
  return folder
}

function runJob(folder: string, job: string): void {
  const { status, stderr } = spawnSync('sh', ['dist/task.sh', 'one', job], { cwd: folder, encoding: 'utf8', env: { PATH: plainPath } })
  if (status !== 0) throw new Error(stderr)
}

const states = async (batch: string) => (await jobsOf(head, batch)).map(({ state, node }) => `${state} ${node}`)

test('a jobset that comes home is given to no node, each result counts once, and what comes later is added', async () => {
  await startAgent(head)
  const folder = await ranBundle('away', 3)
  rmSync(join(folder, 'job_1/status'))
  const first = await distOk(head, ['import', folder])
  expect(first).toContain('test/away: 2 results imported, 1 without a result')
  // a jobset that is for nodes passes by: the third job is still nobody's
  await distOk(head, ['add', writeJobset(join(head.root, 'jobs'), { batch: 'here', script, jobs: 1 }), '--wait'])
  expect(await states('away')).toEqual([
    expect.stringMatching(/^succeeded slurm:/),
    'waiting null',
    expect.stringMatching(/^succeeded slurm:/),
  ])
  await head.restart()
  runJob(folder, 'job_1')
  expect(await distOk(head, ['import', folder])).toContain('1 result imported, 2 there already')
  expect((await ended(head, 'away')).state).toBe('succeeded')
  expect(await distOk(head, ['import', folder])).toContain('0 results imported, 3 there already')
  expect((await jobsOf(head, 'away')).map(({ attempts }) => attempts)).toEqual([1, 1, 1])
  expect(readFileSync(join(head.data, 'results/test/away/job_1/x'), 'utf8')).toBe('job_1')
})

test('a result from the cluster ends the job on the node that is still at work on it', async () => {
  const agent = await startAgent(head)
  const nap = join(head.root, 'nap')
  const folder = await ranBundle('both', 1, [`env: {NAP: ${JSON.stringify(nap)}}`])
  writeFileSync(nap, '')
  await distOk(head, ['add', join(head.root, 'jobs/both.yaml')])
  await running(head, 'both')
  expect(await distOk(head, ['import', folder])).toContain('1 result imported')
  await until('the node stopped it', () => jobProcessesOf(agent.work).length === 0, { report: head.report })
  expect((await ended(head, 'both')).state).toBe('succeeded')
  expect((await states('both'))[0]).toMatch(/^succeeded slurm:/)
})

test('results of other inputs, damaged ones and changed inputs are refused; the rest is not', async () => {
  const folder = await ranBundle('odd', 1)
  writeFileSync(join(head.root, 'jobs/odd.py'), script.replace('open(', 'print("other"); open('))
  await distOk(head, ['add', join(head.root, 'jobs/odd.yaml')])
  const other = await dist(head, ['import', folder])
  expect([other.code, other.stdout]).toEqual([1, expect.stringContaining('job_0: the job of this name at the head has other inputs')])

  const second = await ranBundle('harmed', 2)
  appendFileSync(join(second, 'job_1/output/x'), '!')
  const harmed = await dist(head, ['import', second])
  expect([harmed.code, harmed.stdout]).toEqual([1, expect.stringContaining('test/harmed: 1 result imported, 1 damaged')])
  expect((await findJobset(head, 'harmed')).counts).toMatchObject({ succeeded: 1, waiting: 1 })

  const third = await ranBundle('changed', 1)
  const { contents } = JSON.parse(readFileSync(join(third, 'bundle.json'), 'utf8')) as { contents: Record<string, string> }
  const [input] = Object.values(contents)
  chmodSync(join(third, input ?? ''), 0o644)
  appendFileSync(join(third, input ?? ''), '# changed')
  const changed = await dist(head, ['import', third])
  expect([changed.code, changed.stderr]).toEqual([1, expect.stringContaining('is not what the jobs were given')])
  await expect(findJobset(head, 'changed')).rejects.toThrow('there is no jobset')
})

test('an import that is killed anywhere goes on where it was, and a moved bundle is the same bundle', async () => {
  const folder = await ranBundle('torn', 5)
  const slow = dist(head, ['import', folder], { within: 60_000 })
  await until('the first file is there', async () => (await findJobset(head, 'torn').catch(() => null)) !== null, { every: 5 })
  await head.kill('SIGKILL')
  await head.restart()
  expect((await slow).code).toBe(0)
  renameSync(folder, `${folder}-moved`)
  const again = await distOk(head, ['import', `${folder}-moved`])
  expect(again).toContain('0 results imported, 5 there already')
  expect((await ended(head, 'torn')).counts.succeeded).toBe(5)
  expect((await jobsOf(head, 'torn')).every(({ attempts }) => attempts === 1)).toBe(true)
})
