// kill, retry, drain, logs, tokens, invitations, templates and the schema.
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { FakeHead } from '../test-support/fake-head.ts'
import { jobReply, nodeReply } from '../test-support/fake-state.ts'
import { runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
  head.state.addJobset('anna', 'sweep', { job_1: {}, job_2: {} })
})

const dist = (...argv: string[]) => runDist(argv, { cwd: folder.path, env: { DIST_HEAD: head.url, DIST_TOKEN: head.token } })

test('kill tells what was cancelled and where nothing runs any more', async () => {
  const run = await dist('kill', 'sweep')
  expect(run).toEqual({ code: 0, stdout: 'anna/sweep: 2 jobs cancelled\nnothing of it runs any more on node1\n', stderr: '' })
})

test('kill of one job names it', async () => {
  expect((await dist('kill', 'anna/sweep/job_2')).stdout).toContain('anna/sweep/job_2: 1 job cancelled')
  expect((await dist('kill', 'anna/sweep/job_9')).code).toBe(1)
})

test('a node that has not confirmed a kill makes it a failure', async () => {
  head.state.deaf = ['node2']
  const run = await dist('kill', 'sweep')
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('no confirmation yet from node2')
})

test('logs prints bytes as they were written', async () => {
  const job = head.state.jobs.get(1)?.[0]
  head.state.logs.set(job?.id ?? 0, Buffer.from('line\n\x1b[31mred\n'))
  expect((await dist('logs', 'sweep/job_1')).stdout).toBe('line\n\x1b[31mred\n')
  expect(JSON.parse((await dist('logs', 'sweep/job_1', '--json')).stdout)).toMatchObject({
    job: { name: 'job_1' },
    output: 'line\n\x1b[31mred\n',
  })
})

test('logs goes on where the connection broke', async () => {
  const offsets: number[] = []
  const data = Buffer.from('0123456789')
  head.lies.set('jobLog', ({ query }) => {
    offsets.push(Number(query['offset']))
    return { bytes: data.subarray(offsets.at(-1)), ...(offsets.length === 1 ? { cutAfter: 4 } : {}) }
  })
  expect((await dist('logs', 'sweep/job_1')).stdout).toBe('0123456789')
  expect(offsets).toEqual([0, 4])
})

test('logs --build prints the build of each node under its name', async () => {
  const build = { state: 'succeeded', startedAt: 1, finishedAt: 2, outcome: { kind: 'succeeded' }, outputFile: null } as const
  head.state.builds = [
    { ...build, attempt: 'b1', node: 'n1' },
    { ...build, attempt: 'b2', node: 'n2' },
  ]
  head.state.buildLogs.set('b1', Buffer.from('one\n'))
  head.state.buildLogs.set('b2', Buffer.from('two\n'))
  expect((await dist('logs', '--build', 'sweep')).stdout).toBe('==> n1: succeeded <==\none\n\n==> n2: succeeded <==\ntwo\n')
  expect((await dist('logs', '--build', 'sweep', '--node', 'n2')).stdout).toBe('two\n')
  expect((await dist('logs', '--build', 'sweep', '--node', 'n3')).stderr).toContain('it was on: n1, n2')
})

test('retry tells how many jobs run again, and that nothing of it ended badly', async () => {
  const none = await dist('retry', 'sweep')
  expect([none.code, none.stdout]).toEqual([1, ''])
  expect(none.stderr).toContain('anna/sweep: nothing of it ended badly')
  head.state.jobs.set(1, [jobReply({ name: 'job_1', state: 'failed' }), jobReply({ id: 2, index: 1, name: 'job_2', state: 'skipped' })])
  expect((await dist('retry', 'sweep')).stdout).toBe('anna/sweep: 2 jobs will run again\n')
  expect((await dist('retry', 'anna/sweep/job_2')).stdout).toBe('anna/sweep/job_2: 1 job will run again\n')
})

test('node drain asks the node to leave, at the latest when it was told', async () => {
  head.state.nodes = [nodeReply({})]
  expect((await dist('node', 'drain', 'node1')).stdout).toBe('node1 finishes what it runs and leaves\n')
  expect((await dist('node', 'drain', 'node1', '--timeout', '5m')).stdout).toContain('at the latest in 5m')
  expect(head.state.drained).toEqual([
    { node: 'node1', seconds: null },
    { node: 'node1', seconds: 300 },
  ])
  expect((await dist('node', 'drain', 'node9')).code).toBe(1)
})

test('the schema is JSON that an editor can take', async () => {
  const schema = JSON.parse((await dist('schema')).stdout) as { properties: object }
  expect(schema.properties).toHaveProperty('shell')
  expect(JSON.parse((await dist('schema', '--json')).stdout)).toEqual(schema)
})

test('there is a template for every kind that works', async () => {
  for (const kind of ['python', 'apptainer', 'shell']) expect((await dist('template', kind)).stdout).toContain(`\n${kind}:\n`)
  expect((await dist('template', 'canary')).stderr).toContain('there is no template for canary yet')
  expect((await dist('template', 'search')).stderr).toContain('search is no kind of jobset')
  expect((await dist('template', 'canary')).stderr).toContain('dist template python, dist template apptainer, dist template shell')
})

test('a token is printed alone, listed without its secret, and revoked', async () => {
  expect((await dist('token', 'create', '--role', 'user', '--name', 'bob')).stdout).toBe('new-secret\n')
  const list = await dist('token', 'list')
  expect(list.stdout).toContain('t1  bob   user')
  expect(list.stdout).not.toContain('secret')
  expect((await dist('token', 'revoke', 't1')).stdout).toBe('revoked t1 of bob, role user\n')
  expect((await dist('token', 'revoke', 't9')).code).toBe(1)
})

test('a token for a node is refused with the way nodes join', async () => {
  const run = await dist('token', 'create', '--role', 'node', '--name', 'n')
  expect(run.code).toBe(2)
  expect(run.stderr).toContain('dist node invite')
})

test('an invitation is one line on stdout', async () => {
  const run = await dist('node', 'invite')
  expect(run.stdout).toBe('dist-agent --head http://h:8952 --join CODE\n')
  expect(run.stderr).toContain('works once')
})

test('a template is printed, or written but never over a file', async () => {
  const printed = (await dist('template', 'python')).stdout
  expect(printed).toContain('batch_name: your_jobset_name')
  expect((await dist('template', 'python', '--output', 'new.yaml')).code).toBe(0)
  expect(readFileSync(folder.join('new.yaml'), 'utf8')).toBe(printed)
  writeFileSync(folder.join('new.yaml'), 'mine')
  const again = await dist('template', 'python', '--output', 'new.yaml')
  expect(again.code).toBe(1)
  expect(again.stderr).toContain('--force')
  expect(readFileSync(folder.join('new.yaml'), 'utf8')).toBe('mine')
  expect((await dist('template', 'python', '--output', 'new.yaml', '--force')).code).toBe(0)
  expect(readFileSync(folder.join('new.yaml'), 'utf8')).toBe(printed)
})
