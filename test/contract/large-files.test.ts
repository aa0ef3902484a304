// `transport_files_with_large_file` of the original: small and large files of a result, mixed, arrive whole. Together they are
// more than a message holds, so they go over HTTP.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'

const head = new FakeHead()
const agent = new AgentProcess()
let session: FakeSession
beforeAll(async () => {
  await head.start()
  agent.start(head)
  session = await head.session()
}, 60_000)
afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
})

const sizes = [0, 1, 999, 1000, 1001, 65_536, 1_048_577, 20_000_003]
const text = (n: number): string => `${n},`.repeat(Math.ceil(n / `${n},`.length)).slice(0, n)

test.each([0, 2])(
  'transport_files_with_large_file: every file arrives with its exact bytes, also when %i uploads break off',
  async (breaks) => {
    const jobset = head.jobset({})
    expect((await head.build(session, jobset)).outcome).toBe('succeeded')
    head.http.breakUploads = breaks
    const script = `import os
for n in ${JSON.stringify(sizes)}:
    part = "%d," % n
    for folder in "distribute_save", "distribute_save/deep/er":
        os.makedirs(folder, exist_ok=True)
        open("%s/f%d.dat" % (folder, n), "w").write((part * (n // len(part) + 1))[:n])`
    const job = head.job(jobset.uid, script)
    session.send({ assign: [job] })
    expect((await head.result(job.attempt_id)).outcome).toBe('succeeded')
    const upload = head.http.uploads.get(job.attempt_id)
    const digest = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')
    const expected = sizes.flatMap((n) => ['', 'deep/er/'].map((folder) => [`${folder}f${n}.dat`, n, digest(text(n))]))
    const saved = [...(upload?.files ?? [])].filter(([path]) => path !== 'stdout.txt')
    const arrived = saved.map(([path, data]) => [path, data.length, digest(data)])
    expect(arrived.sort()).toEqual(expected.sort())
  },
)
