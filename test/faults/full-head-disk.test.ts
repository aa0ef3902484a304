// The head's disk fills up: work stops being given out, uploads are refused, orders still come through when nothing at all
// is left, and everything goes on by itself when there is room.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended, findJobset, running } from '../support/jobset-state.ts'
import { until } from '../support/until.ts'

const mebibyte = 1 << 20

interface SmallDisk {
  readonly folder: string
  /** leaves so many bytes free */
  fill(left: number): void
  free(): void
}

/** A file system of 96 MiB; null where we may not mount. */
function smallDisk(): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'dist-full-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'none', folder]).status !== 0) return null
  onTestFinished(() => void spawnSync('umount', ['-l', folder]))
  let files = 0
  const put = (bytes: number): boolean => {
    try {
      writeFileSync(join(folder, `fill-${files++}`), Buffer.alloc(bytes))
      return true
    } catch {
      return false
    }
  }
  return {
    folder,
    fill(left) {
      const { bavail, bsize } = statfsSync(folder)
      if (bavail * bsize > left) put(bavail * bsize - left)
      // the last pages one by one
      while (left === 0 && put(4096));
    },
    free() {
      for (; files > 0; files--) rmSync(join(folder, `fill-${files - 1}`), { force: true })
    },
  }
}

const notice = async (head: Head): Promise<string | null> =>
  (await head.api<{ head: { notice: string | null } }>('GET', '/status')).head.notice

test('a full disk stops new work, never an order, and nothing has to be done when there is room again', async ({ skip }) => {
  const disk = smallDisk()
  if (disk === null) return skip('no permission to mount a tmpfs')
  const data = join(disk.folder, 'data')
  mkdirSync(data)
  const head = await startHead({ flags: ['--data', data] })
  onTestFinished(() => head.stop())
  await startAgent(head, { cores: 1 })
  const ballast = join(data, 'ballast')
  expect(existsSync(ballast)).toBe(true)
  const jobs = join(head.root, 'jobs')
  for (const batch of ['first', 'second']) {
    await distOk(head, ['add', writeJobset(jobs, { batch, script: 'import time\ntime.sleep(600)\n', jobs: 1 })])
    if (batch === 'first') await running(head, 'first')
  }

  disk.fill(6 * mebibyte)
  await until('the head says that its disk is low', () => notice(head))
  expect((await dist(head, ['status'])).stdout).toContain('almost full')
  await distOk(head, ['kill', 'test/first'])
  await ended(head, 'first')
  disk.fill(2 * mebibyte)
  const refused = await dist(head, ['add', writeJobset(jobs, { batch: 'third', script: 'print(3)\n', jobs: 1 }), '--patience', '0'])
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('is full')])
  // the node is idle, and still gets nothing
  expect((await findJobset(head, 'second')).counts).toMatchObject({ ready: 1, running: 0 })

  disk.fill(0)
  for (let n = 0; n < 30; n++) await head.api('POST', '/nodes/invite').catch(() => undefined)
  const kill = await dist(head, ['kill', 'test/second'])
  expect([kill.code, kill.stderr]).toEqual([0, ''])
  expect((await findJobset(head, 'second')).counts).toMatchObject({ cancelled: 1 })
  expect(existsSync(ballast)).toBe(false)

  disk.free()
  await until('the ballast is back', () => existsSync(ballast))
  await until('the head gives out work', async () => (await notice(head)) === null)
  await distOk(head, ['add', join(jobs, 'third.yaml')])
  expect((await ended(head, 'third')).state).toBe('succeeded')
})
