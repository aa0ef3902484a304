import { writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { type KeeperHarness, startKeeper } from '../../test/support/keeper-harness.ts'
import { test } from '../../test/support/keeper-test.ts'

const exitsIn = (list: { readonly reports: readonly { readonly e: string }[] }) =>
  list.reports.filter((report) => report.e === 'exit').length
const waitFor = (file: string) => `while [ ! -e ../../${file} ]; do sleep 0.002; done`

const many = (keeper: KeeperHarness, n: number) => Array.from({ length: n }, (_, i) => keeper.job(`m${i}`, 'true'))

test('reports of short jobs leave in groups, and the last one at once', async () => {
  const keeper = await startKeeper()
  keeper.send(...many(keeper, 40))
  const last = await keeper.exit('m39')
  expect(last.st).toBe(0)
  const sizes = keeper.lists.map(exitsIn).filter((n) => n > 0)
  expect(sizes.reduce((a, b) => a + b)).toBe(40)
  // how large the groups are depends on how many end in 100 ms, for which a report waits at most
  expect(sizes.length).toBeLessThan(40)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(32)
})

test('a result does not wait for the long job behind it', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('short', 'true'), keeper.job('long', 'sleep 600'), ...many(keeper, 5))
  await keeper.exit('short')
  expect(keeper.reports.some((report) => report.e === 'exit' && report.id === 'long')).toBe(false)
})

test('a result waits at most 100 ms while short jobs follow it', async () => {
  const keeper = await startKeeper()
  keeper.send(...Array.from({ length: 30 }, (_, i) => keeper.job(`m${i}`, 'sleep 0.02')))
  await keeper.exit('m0')
  // Half of the queue would be fifteen; in 100 ms no more than five can end.
  expect(keeper.lists.map(exitsIn).find((n) => n > 0)).toBeLessThan(8)
})

test('a start is told only for a job that still runs after 50 ms', async () => {
  const keeper = await startKeeper()
  await keeper.run('short', 'true')
  keeper.send(keeper.job('long', 'sleep 0.3'))
  const start = await keeper.wait('start')
  expect(start).toMatchObject({ id: 'long', k: 'job' })
  const exit = await keeper.exit('long')
  expect(exit.at).toBe(start.at)
  expect(keeper.reports.filter((report) => report.e === 'start')).toHaveLength(1)
})

test('a dropped job never starts and is told; what has started is not', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', waitFor('go')), keeper.job('j2', 'touch ../../ran'), keeper.job('j3', 'ls ../..'))
  await keeper.wait('start')
  keeper.send({ op: 'drop', ids: ['j1', 'j2', 'unknown'] })
  expect((await keeper.wait('dropped')).ids).toEqual(['j2'])
  keeper.send({ op: 'inv' })
  expect(await keeper.wait('inv')).toMatchObject({ run: 'j1', k: 'job', queue: ['j3'], journal: ['j1'], big: false })
  keeper.send(keeper.job('j4', 'true'))
  writeFileSync(`${keeper.work}/go`, '')
  expect((await keeper.exit('j1')).st).toBe(0)
  expect(Buffer.from((await keeper.exit('j3')).out ?? '', 'base64').toString()).not.toContain('ran')
})

test('every job of a drop race is either dropped or ends, never both', async () => {
  const keeper = await startKeeper()
  const ids = Array.from({ length: 60 }, (_, i) => `m${i}`)
  keeper.send(...many(keeper, 60))
  for (let i = 59; i >= 0; i -= 5) {
    keeper.send({ op: 'drop', ids: ids.slice(i - 4, i + 1) })
    await new Promise((resolve) => setImmediate(resolve))
  }
  keeper.send({ op: 'inv' }, keeper.job('end', 'true'))
  await keeper.exit('end')
  const dropped = keeper.reports.flatMap((report) => (report.e === 'dropped' ? report.ids : []))
  const ended = keeper.reports.flatMap((report) => (report.e === 'exit' && report.id !== 'end' ? [report.id] : []))
  expect([...dropped, ...ended].sort()).toEqual([...ids].sort())
  expect(dropped.length).toBeGreaterThan(0)
  const started = keeper.journal().records.flatMap((record) => (record.r === 's' && record.id !== 'end' ? [record.id] : []))
  expect(started.sort()).toEqual(ended.sort())
})

test('kill takes back a queued job', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', 'sleep 600'), keeper.job('j2', 'true'))
  await keeper.wait('start')
  keeper.send({ op: 'kill', id: 'j2', grace: 0, why: 'kill' })
  expect((await keeper.wait('dropped')).ids).toEqual(['j2'])
})

test('the inventory names what runs, waits and is not forgotten', async () => {
  const keeper = await startKeeper()
  await keeper.run('j1', 'true')
  await keeper.run('j2', 'true')
  keeper.send({ op: 'forget', ids: ['j1'] }, { op: 'inv' })
  const inventory = await keeper.wait('inv')
  expect(inventory).toEqual({ e: 'inv', run: null, k: null, pid: 0, at: 0, big: false, queue: [], journal: ['j2'] })
})

test('a running job that has written has its own output file, which grows while it runs', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', `echo before; ${waitFor('go')}; echo after`), keeper.job('j2', 'echo next'))
  await keeper.wait('moved', (report) => report.id === 'j1')
  expect(keeper.read('attempts/j1/stdout.txt')).toBe('before\n')
  keeper.send({ op: 'inv' })
  expect(await keeper.wait('inv')).toMatchObject({ run: 'j1', big: true })
  writeFileSync(`${keeper.work}/go`, '')
  const out = Buffer.from('before\nafter\n').toString('base64')
  expect(await keeper.exit('j1')).toMatchObject({ out, outn: 13, big: false, files: [] })
  expect(await keeper.exit('j2')).toMatchObject({ out: Buffer.from('next\n').toString('base64'), big: false })
})
