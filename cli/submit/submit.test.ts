import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { RouteName } from '../../shared/api/routes.ts'
import { DistError } from '../../shared/base/errors.ts'
import { sha256 } from '../../shared/files/digest.ts'
import type { FakeHead, Fault } from '../test-support/fake-head.ts'
import { noCounts } from '../test-support/fake-state.ts'
import { runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'
import { writeJobset } from '../test-support/write-jobset.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
  writeJobset(folder)
})

const add = (...argv: string[]) => runDist(['add', ...argv], { cwd: folder.path, env: { DIST_HEAD: head.url, DIST_TOKEN: head.token } })

/** The one jobset that should be on the head, with every content. */
function expectWhole(): void {
  expect(head.state.jobsets).toHaveLength(1)
  const [draft] = [...head.state.drafts.values()].filter((one) => one.jobset !== null)
  expect(draft?.jobs.map((job) => job.name)).toEqual(['job_1', 'job_2', 'job_3'])
  expect(draft?.text).toBe(readFileSync(folder.join('jobs.yaml'), 'utf8'))
  for (const name of ['build.py', 'run.py', 'mesh.msh', 'large.bin', 'in_1.json', 'in_2.json', 'in_3.json']) {
    const data = readFileSync(folder.join(name))
    expect(head.state.blobs.get(sha256(data))?.equals(data), name).toBe(true)
  }
}

test('a jobset arrives with its jobs, its files and its text', async () => {
  const run = await add()
  expect(run).toMatchObject({ code: 0, stdout: 'added anna/sweep: 3 jobs, 7 of 7 files sent, 586 KiB\n' })
  expectWhole()
  const [draft] = head.state.drafts.values()
  expect(draft?.spec.initialize.files.map((file) => file.name)).toEqual(['mesh.msh', 'large.bin'])
  expect(draft?.jobs[1]?.files).toEqual([{ name: 'input.json', sha256: sha256('{"i": 2}'), size: 8, mode: 0o644 }])
})

test('contents that the head has are not sent again', async () => {
  for (const name of ['large.bin', 'run.py', 'build.py', 'mesh.msh', 'in_1.json', 'in_2.json']) {
    const data = readFileSync(folder.join(name))
    head.state.blobs.set(sha256(data), data)
  }
  const run = await add('--json')
  expect(JSON.parse(run.stdout)).toMatchObject({ jobset: { batch: 'sweep', jobs: 3 }, sent: { files: 1, bytes: 8 } })
  expect(head.seen).not.toContain('putBlob')
})

test('a large content goes on where the head has it', async () => {
  const data = readFileSync(folder.join('large.bin'))
  head.state.blobs.set(sha256(data), data.subarray(0, 400_000))
  const run = await add('--json')
  expect(JSON.parse(run.stdout)).toMatchObject({ sent: { files: 7, bytes: 200_000 + 4 + 13 + 15 + 3 * 8 } })
  expectWhole()
})

const steps: RouteName[] = ['createDraft', 'putJobs', 'missingBlobs', 'putBlobs', 'putBlob', 'commitDraft']
test.each(steps.flatMap((route) => (['before', 'after'] as const).map((fault) => [route, fault] as const)))(
  'a head that dies at %s, %s it was done, costs a retry and nothing else',
  async (route, fault) => {
    head.fault = (name, count): Fault => (name === route && count < 2 ? fault : 'none')
    expect((await add()).code).toBe(0)
    expectWhole()
    expect(head.seen.filter((name) => name === route).length).toBeGreaterThan(1)
  },
)

test('a draft that the head lost is opened again', async () => {
  head.fault = (name, count) => {
    if (name === 'commitDraft' && count === 0) head.state.drafts.clear()
    return 'none'
  }
  expect((await add()).code).toBe(0)
  expectWhole()
})

test('a content that the head dropped before the commit is sent again', async () => {
  head.fault = (name, count) => {
    if (name === 'commitDraft' && count === 0) head.state.blobs.clear()
    return 'none'
  }
  expect((await add()).code).toBe(0)
  expectWhole()
})

test('a head that stays away is a failure after the patience that was asked for', async () => {
  head.fault = (name) => (name === 'commitDraft' ? 'before' : 'none')
  const run = await add('--patience', '0.5')
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('trying again for')
  expect(head.state.jobsets).toEqual([])
})

test('the same namespace and batch again is refused, with what is there and what to do', async () => {
  head.state.addJobset('anna', 'sweep', { job_1: {}, job_2: {} })
  const run = await add()
  expect(run.code).toBe(1)
  expect(run.stderr).toMatch(/anna\/sweep is on the head already: succeeded, 2 of 2 jobs done, submitted .* ago by anna/)
  expect(run.stderr).toContain('batch_name')
  expect(head.state.jobsets).toHaveLength(1)
})

test('--extend sends the file as an addition and tells what came of it', async () => {
  await add()
  writeJobset(folder, 5)
  const run = await add('--extend')
  expect(run).toMatchObject({ code: 0, stdout: 'extended anna/sweep: 2 jobs added, 3 there already; 2 of 9 files sent, 16 B\n' })
  expect([...head.state.drafts.values()].map(({ mode }) => mode)).toEqual(['new', 'extend'])
  expect((await add('--extend')).stdout).toBe('anna/sweep: nothing new, 5 jobs there already\n')
  expect(head.state.jobsets).toHaveLength(1)
})

test('--new-version stands beside', async () => {
  await add()
  expect((await add('--new-version')).stdout).toContain('added anna/sweep@2: 3 jobs, no file had to be sent')
  expect((await add('--new-version', '--extend')).stderr).toContain('--extend and --new-version exclude each other')
})

test('--set reaches every job, and what was set is recorded', async () => {
  const run = await add('--set', 'alpha=0.5', '--set', 'name=x')
  expect(run.stderr).toContain('warning: --set alpha: no params of the file have that name')
  const [draft] = head.state.drafts.values()
  expect(draft?.spec.options.params).toEqual({ alpha: 0.5, name: 'x' })
  expect(draft?.provenance).toMatchObject({ git: null, set: { alpha: 0.5, name: 'x' } })
  expect((await add('--set', 'alpha')).code).toBe(2)
})

test('--require-clean-git outside of git is an error, and nothing is sent', async () => {
  const run = await add('--require-clean-git')
  expect(run.code).toBe(2)
  expect(run.stderr).toContain('lies in no git repository')
  expect(head.seen).toEqual([])
})

test('a lost answer of an extension adds nothing twice', async () => {
  await add()
  writeJobset(folder, 4)
  head.fault = (name, count): Fault => (name === 'commitDraft' && count === 1 ? 'after' : 'none')
  expect((await add('--extend')).stdout).toContain('1 job added')
  expect(head.state.jobs.get(1)).toHaveLength(4)
})

test.each([
  ['a small file', 'in_2.json', 'putBlobs'],
  ['a large file', 'large.bin', 'putBlob'],
] as const)('%s that changes while it is uploaded is an error, and nothing is submitted', async (_, name, route) => {
  head.fault = (seen) => {
    if (seen === 'missingBlobs') writeFileSync(folder.join(name), name === 'large.bin' ? Buffer.alloc(600_000, 8) : '{"i": 9}')
    return 'none'
  }
  if (route === 'putBlob') {
    head.lies.set('putBlob', () => {
      throw new DistError('hash_mismatch', 'other bytes')
    })
  }
  const run = await add()
  expect(run.code).toBe(2)
  expect(run.stderr).toContain(`${name} changed while it was uploaded`)
  expect(head.state.jobsets).toEqual([])
  expect(head.state.drafts.size).toBe(0)
})

test('what is appended to a large file while it is sent does not reach the head', async () => {
  head.fault = (seen) => {
    if (seen === 'missingBlobs' && head.seen.filter((name) => name === seen).length === 1) appendFileSync(folder.join('large.bin'), 'more')
    return 'none'
  }
  expect((await add()).code).toBe(0)
  expect(head.state.blobs.get(sha256(Buffer.alloc(600_000, 7)))).toHaveLength(600_000)
})

test('every problem of a wrong file is told with its place, and nothing is sent', async () => {
  rmSync(folder.join('in_1.json'))
  rmSync(folder.join('mesh.msh'))
  const run = await add()
  expect(run.code).toBe(2)
  expect(run.stderr).toMatch(/jobs\.yaml:5:\d+: python\.initialize\.required_files\[0\]\.path: no such file/)
  expect(run.stderr).toMatch(/jobs\.yaml:7:\d+: python\.jobs\[0\]\.required_files\[0\]\.path: no such file/)
  expect(run.stderr).toContain('dist: jobs.yaml: 2 errors, nothing was sent')
  expect(run.stdout).toBe('')
  expect(head.seen).toEqual([])
})

test('with --json the problems of a wrong file are an object', async () => {
  rmSync(folder.join('mesh.msh'))
  const run = await add('--json')
  expect(JSON.parse(run.stderr)).toMatchObject({ error: { code: 'bad_jobset', problems: [{ line: 5, severity: 'error' }] } })
})

test('a jobset that no node can run is accepted with a warning that names the closest', async () => {
  head.lies.set('commitDraft', () => ({
    json: {
      ...head.state.addJobset('anna', 'sweep', { job_1: {} }),
      match: { nodes: 0, online: 0, closest: 'node1 lacks cuda>=12' },
      submitted: { kind: 'new', added: 1, changed: 0, unchanged: 0 },
    },
  }))
  const run = await add()
  expect(run.code).toBe(0)
  expect(run.stderr).toContain('warning: no known node can run it')
  expect(run.stderr).toContain('node1 lacks cuda>=12')
})

test('--pull waits and fetches, and the exit status tells how the jobs ended', async () => {
  head.fault = (name) => {
    if (name === 'wait') finish()
    return 'none'
  }
  const finish = () => {
    for (const job of head.state.jobs.get(1) ?? []) head.state.files.set(job.id, { 'stdout.txt': Buffer.from(job.name) })
    head.state.change(1, { state: 'failed', counts: { ...noCounts, succeeded: 2, failed: 1 } })
  }
  const run = await add('--pull', 'out')
  expect(run.code).toBe(1)
  expect(run.stdout).toContain('anna/sweep: 2 of 3 jobs succeeded, 1 failed')
  expect(run.stdout).toContain('anna/sweep: 3 jobs, 3 files fetched')
  expect(readFileSync(folder.join('out/sweep/job_2/stdout.txt'), 'utf8')).toBe('job_2')
})
