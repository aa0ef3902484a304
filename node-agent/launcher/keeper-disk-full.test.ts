import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { KeeperHarness, temporaryFolder } from '../../test/support/keeper-harness.ts'
import { test } from '../../test/support/keeper-test.ts'
import type { FailReport } from './messages.ts'

/** A keeper on a file system of 256 KiB, filled by `fill`; null where we may not mount. */
async function smallDisk(): Promise<{ readonly keeper: KeeperHarness; fill(): void; free(): void } | null> {
  const folder = join(temporaryFolder(), 'mnt')
  mkdirSync(folder)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', folder]).status !== 0) return null
  onTestFinished(() => void spawnSync('umount', ['-l', folder]))
  const keeper = new KeeperHarness(folder)
  onTestFinished(async () => {
    await keeper.end()
  })
  await keeper.start()
  return {
    keeper,
    fill() {
      // Page by page, until nothing fits; tmpfs counts whole pages, so the journal's last one has no room either.
      for (let i = 0; ; i++) {
        try {
          writeFileSync(join(folder, `fill${i}`), Buffer.alloc(4096))
        } catch {
          return
        }
      }
    },
    free() {
      for (let i = 0; i < 64; i++) rmSync(join(folder, `fill${i}`), { force: true })
    },
  }
}

const disk = process.getuid?.() === 0

test.skipIf(!disk)('a full disk fails what cannot be staged, and work goes on when there is space again', async ({ skip }) => {
  const small = await smallDisk()
  if (small === null) return skip('no permission to mount a tmpfs')
  const { keeper, fill, free } = small
  keeper.template({ 'a.txt': 'a' })
  const file = keeper.file('b.dat', 'y'.repeat(9000))
  fill()
  keeper.send(keeper.job('j1', 'true', { files: [file] }))
  const fail = await keeper.wait('fail')
  expect(fail).toMatchObject({ id: 'j1', err: 'full' })
  expect(fail.msg).toMatch(/no space left/i)
  free()
  expect(await keeper.run('j2', 'cat input/a.txt; wc -c < input/b.dat', { files: [file] })).toMatchObject({
    st: 0,
    out: Buffer.from('a9000\n').toString('base64'),
  })
})

test.skipIf(!disk)('a full disk under the journal fails jobs instead of running them unrecorded', async ({ skip }) => {
  const small = await smallDisk()
  if (small === null) return skip('no permission to mount a tmpfs')
  const { keeper, fill, free } = small
  keeper.template()
  await keeper.run('j0', 'true')
  fill()
  const fails: FailReport[] = []
  // The journal's last page takes a few records more.
  for (let i = 1; i <= 60; i++) keeper.send(keeper.job(`j${i}`, 'true'))
  await keeper.wait('fail', (report) => report.id === 'j60')
  for (const report of keeper.reports) if (report.e === 'fail') fails.push(report)
  expect(fails.length).toBeGreaterThan(20)
  for (const { err, msg } of fails) expect([err, msg]).toEqual(['full', expect.stringMatching(/no space left/i)])
  // one that would not end by itself
  keeper.send(keeper.job('j61', 'sleep 600'))
  await keeper.wait('fail', (report) => report.id === 'j61')
  free()
  expect((await keeper.run('j62', 'true')).st).toBe(0)
  const { validBytes, records } = keeper.journal()
  expect(validBytes).toBe(statSync(join(keeper.work, 'slot0.journal')).size)
  expect(records.at(-1)).toMatchObject({ r: 'x', id: 'j62' })
})

test.skipIf(!disk)('an exit that finds the disk full is reported, and recorded when there is space again', async ({ skip }) => {
  const small = await smallDisk()
  if (small === null) return skip('no permission to mount a tmpfs')
  const { keeper, fill, free } = small
  keeper.template()
  keeper.send(
    keeper.job('j1', 'head -c 16000 /dev/urandom > distribute_save/f; while [ ! -e ../../fill0 ]; do sleep 0.01; done; sleep 0.05'),
  )
  await keeper.wait('start')
  fill()
  const exit = await keeper.exit('j1')
  expect(exit).toMatchObject({ st: 0 })
  expect(exit.files?.[0]?.[0]).toBe('f')
  expect(keeper.journal().records.map(({ r }) => r)).toEqual(['s'])
  free()
  await keeper.run('j2', 'true')
  expect(keeper.journal().records.map(({ r, id }) => r + id)).toEqual(['sj1', 'xj1', 'sj2', 'xj2'])
})
