import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { FakeHead } from '../test-support/fake-head.ts'
import { runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
  head.state.addJobset('anna', 'sweep', { job_1: {}, job_2: {} })
  head.state.addJobset('bob', 'sweep', { job_1: {} })
  head.state.addJobset('anna', 'mesh', { sweep: {} })
})

const dist = (...argv: string[]) => runDist(['--json', ...argv], { cwd: folder.path, env: { DIST_HEAD: head.url, DIST_TOKEN: head.token } })

/** What was named: `namespace/batch`, or the error. */
async function named(...argv: string[]): Promise<string> {
  const run = await dist(...argv)
  const value = JSON.parse(run.code === 0 ? run.stdout : run.stderr) as {
    jobset?: { namespace: string; batch: string }
    error?: { message: string }
  }
  return value.jobset === undefined ? `${run.code}: ${value.error?.message}` : `${value.jobset.namespace}/${value.jobset.batch}`
}

test('namespace and batch name a jobset', async () => {
  expect(await named('jobs', 'bob/sweep')).toBe('bob/sweep')
})

test('a batch name that is used once is enough', async () => {
  expect(await named('jobs', 'mesh')).toBe('anna/mesh')
})

test('a batch name that is used twice is wrong usage, and both are named', async () => {
  expect(await named('jobs', 'sweep')).toBe('2: sweep may be anna/sweep, bob/sweep')
})

test('what is not there is a failure', async () => {
  expect(await named('jobs', 'anna/nothing')).toBe('1: no jobset anna/nothing on this head')
})

test('a job cannot stand where a jobset is wanted', async () => {
  expect(await named('wait', 'anna/sweep/job_1')).toBe('2: anna/sweep/job_1 names a job; a jobset is wanted here')
})

test('a jobset cannot stand where a job is wanted', async () => {
  expect(await named('logs', 'anna/sweep')).toBe('2: anna/sweep names a jobset; a job is wanted here')
  expect(await named('logs', 'mesh')).toBe('2: mesh names a jobset; a job is wanted here')
})

test('two parts name a jobset before a job', async () => {
  const run = await dist('kill', 'anna/mesh')
  expect(JSON.parse(run.stdout)).toMatchObject({ jobset: 3, cancelled: 1 })
})

test('two parts name a job when there is no such namespace', async () => {
  const run = await dist('logs', 'mesh/sweep')
  expect(JSON.parse(run.stdout)).toMatchObject({ job: { name: 'sweep' } })
})

test('a job that the jobset does not have is named', async () => {
  expect(await named('logs', 'anna/sweep/job_9')).toBe('1: anna/sweep has no job "job_9"')
})

test('a jobset file names its jobset, though its files are missing and it has no jobs', async () => {
  writeFileSync(
    folder.join('other.yaml'),
    'meta: {batch_name: mesh, namespace: anna, capabilities: []}\npython: {initialize: {build_file: no.py}, jobs: []}\n',
  )
  expect(await named('jobs', 'other.yaml')).toBe('anna/mesh')
})

test('a jobset file means the newest version of it, a name means what it says', async () => {
  head.state.addJobset('anna', 'mesh@2')
  head.state.addJobset('anna', 'mesh@3')
  head.state.addJobset('anna', 'mesh_2')
  writeFileSync(folder.join('jobs.yaml'), 'meta: {batch_name: mesh, namespace: anna}\n')
  expect(await named('jobs', 'jobs.yaml')).toBe('anna/mesh@3')
  expect(await named('jobs', 'anna/mesh')).toBe('anna/mesh')
  expect(await named('jobs', 'mesh@2')).toBe('anna/mesh@2')
})

test('without a name the file of this folder is meant', async () => {
  expect(await named('jobs')).toBe('2: no distribute-jobs.yaml and no jobs.yaml in this folder')
  writeFileSync(folder.join('jobs.yaml'), 'meta: {batch_name: sweep, namespace: bob}\n')
  expect(await named('jobs')).toBe('bob/sweep')
  writeFileSync(folder.join('distribute-jobs.yaml'), 'meta: {batch_name: sweep, namespace: anna}\n')
  expect(await named('jobs')).toBe('anna/sweep')
})
