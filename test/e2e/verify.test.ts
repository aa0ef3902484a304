// `dist verify` on a working head: silent about what is right, exact about what is not.
import { appendFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { walkFolder } from '../../shared/files/walk.ts'
import type { Finding, FindingKind } from '../../shared/model/verify.ts'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended } from '../support/jobset-state.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

interface Told {
  readonly files: number
  readonly found: Record<FindingKind, number>
  readonly findings: Finding[]
}

async function verify(code: number): Promise<Told> {
  const run = await dist(head, ['verify', '--json'])
  expect([run.code, run.stderr]).toEqual([code, ''])
  return JSON.parse(run.stdout) as Told
}

test('what is missing, changed or too much is named, and damage ends in exit status 1', async () => {
  await startAgent(head)
  const script =
    'import os\nos.makedirs("distribute_save/sub")\nopen("distribute_save/sub/a.txt", "w").write("a" * 100_000)\nopen("distribute_save/b.txt", "w").write("b")\n'
  await distOk(head, ['add', writeJobset(join(head.root, 'jobs'), { batch: 'sweep', script, jobs: 3, build: 'print("built")\n' })])
  await ended(head, 'sweep')
  const whole = await verify(0)
  expect(whole.found).toEqual({ missing: 0, changed: 0, unreadable: 0, extra: 0 })
  expect(whole.files).toBeGreaterThan(10)

  const job = (n: number, path: string): string => join(head.data, `results/test/sweep/job_${n}`, path)
  writeFileSync(job(0, 'notes.txt'), 'someone looked at it')
  expect((await verify(0)).findings).toEqual([{ kind: 'extra', path: 'results/test/sweep/job_0/notes.txt', detail: 'not of the result' }])

  unlinkSync(job(0, 'b.txt'))
  appendFileSync(job(1, 'b.txt'), 'x')
  writeFileSync(job(2, 'sub/a.txt'), 'c'.repeat(100_000))
  const [blob = ''] = contents()
  rmSync(join(head.data, blob))
  const { findings, found } = await verify(1)
  expect(found).toEqual({ missing: 2, changed: 2, unreadable: 0, extra: 1 })
  expect(findings.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual(
    [
      `missing ${blob}`,
      'missing results/test/sweep/job_0/b.txt',
      'changed results/test/sweep/job_1/b.txt',
      'changed results/test/sweep/job_2/sub/a.txt',
      'extra results/test/sweep/job_0/notes.txt',
    ].sort(),
  )
})

/** Contents that lie in blobs/. */
function contents(): string[] {
  return [...walkFolder(join(head.data, 'blobs'))].filter(({ kind }) => kind === 'file').map(({ path }) => `blobs/${path}`)
}
