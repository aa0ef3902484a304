// Results of every size on their way to the head, live output, and what cannot be shipped.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'

const head = new FakeHead()
const agent = new AgentProcess()
let session: FakeSession
let uid = ''

beforeAll(async () => {
  await head.start()
  agent.start(head)
  session = await head.session()
  const jobset = head.jobset({})
  uid = jobset.uid
  await head.build(session, jobset)
}, 60_000)

afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
})

async function run(script: string) {
  const job = head.job(uid, script)
  session.send({ assign: [job] })
  const result = await head.result(job.attempt_id)
  return { result, upload: head.http.uploads.get(job.attempt_id) }
}

test('a small result rides in the message, empty folders too', async () => {
  const { result, upload } = await run(
    'import os\nos.makedirs("distribute_save/a/empty")\nopen("distribute_save/b", "w").write("x")\nprint("hi")',
  )
  expect(result.shipped).toBe(false)
  expect(upload).toBeUndefined()
  expect(result.files.map((file) => file.path)).toEqual(['b'])
  expect(result.folders).toEqual(['a/empty'])
  expect(result.stdout.toString()).toBe('hi\n')
})

test('a large result is shipped over HTTP with its manifest before it is told', async () => {
  const script = `
import os
os.makedirs('distribute_save/deep/er')
os.makedirs('distribute_save/hollow')
open('distribute_save/big.bin', 'wb').write(b'x' * (3 << 20))
open('distribute_save/deep/er/small', 'w').write('s')
os.symlink('../big.bin', 'distribute_save/deep/link')
os.chmod('distribute_save/big.bin', 0o755)
print('done')
`
  const { result, upload } = await run(script)
  expect(result).toMatchObject({ shipped: true, outcome: 'succeeded' })
  const lines = upload?.manifest.map((entry) => `${entry.kind} ${entry.path}`).sort()
  expect(lines).toEqual(['file big.bin', 'file deep/er/small', 'file stdout.txt', 'folder hollow', 'link deep/link'])
  expect(upload?.manifest.find((entry) => entry.path === 'big.bin')).toMatchObject({ size: 3 << 20, mode: 0o755 })
  expect(upload?.files.get('big.bin')?.length).toBe(3 << 20)
  expect(upload?.files.get('stdout.txt')?.toString()).toBe('done\n')
})

test('an upload that breaks off is taken up again', async () => {
  head.http.breakUploads = 1
  const { result, upload } = await run('open("distribute_save/big", "wb").write(b"y" * (1 << 20))')
  expect(result.outcome).toBe('succeeded')
  expect(upload?.files.get('big')?.length).toBe(1 << 20)
})

test('a stdout.txt that the job saved keeps its name; ours is stdout.dist.txt, and a notice says so', async () => {
  const { result, upload } = await run('print("ours")\nopen("distribute_save/stdout.txt", "w").write("theirs" * 9000)')
  expect(upload?.files.get('stdout.txt')?.toString()).toMatch(/^theirs/)
  expect(upload?.files.get('stdout.dist.txt')?.toString()).toBe('ours\n')
  expect(result.notices.join()).toContain('stdout.dist.txt')
})

test('a link that leads out and a fifo are refused by name; the rest is saved', async () => {
  const { result } = await run(
    'import os\nos.symlink("/etc/passwd", "distribute_save/out")\nos.mkfifo("distribute_save/pipe")\nopen("distribute_save/good", "w").write("x")',
  )
  expect(result.files.map((file) => file.path)).toEqual(['good'])
  expect(result.notices.join('\n')).toMatch(/out was not saved.*\n.*pipe was not saved|pipe was not saved.*\n.*out was not saved/)
})

test('long output is shipped whole, whatever the outcome', async () => {
  const { result, upload } = await run('import sys\nfor i in range(20000): print("line", i)\nsys.exit(5)')
  expect(result).toMatchObject({ outcome: 'failed', exit_code: 5, shipped: true })
  expect(upload?.files.get('stdout.txt')?.toString().trim().split('\n')).toHaveLength(20_000)
})

test('the output of a running job travels while it runs', async () => {
  const job = head.job(
    uid,
    'import time, os\nprint("first")\nfor i in range(300):\n  time.sleep(0.05)\n  if os.path.exists("go"): break\nprint("last")',
  )
  session.send({ assign: [job] })
  await head.until(() => head.http.logs.get(job.attempt_id)?.toString() === 'first\n', 'the first line')
  expect(head.finished.some((item) => item.attempt_id === job.attempt_id)).toBe(false)
  session.send({ orders: [{ attempt_id: job.attempt_id, kind: 'STOP' }] })
  const result = await head.result(job.attempt_id)
  // older than 1 s, but small: it still rides in the message
  expect(result.shipped).toBe(false)
  expect(result.stdout.toString()).toBe('first\n')
})

test('a build ships like an attempt, under its own id', async () => {
  const jobset = head.jobset({ build: 'open("distribute_save/big", "wb").write(b"z" * 100000)\nprint("built")' })
  const result = await head.build(session, jobset)
  expect(result).toMatchObject({ build: true, shipped: true, outcome: 'succeeded' })
  expect(head.http.uploads.get(result.attempt_id)?.files.get('big')?.length).toBe(100_000)
})
