import { expect, test } from 'vitest'
import type { AttemptId } from '../../shared/model/ids.ts'
import type { Place } from '../core/work.ts'
import type { JournalRecord } from '../journal/read.ts'
import type { InventoryReport } from '../launcher/messages.ts'
import { inventoryOf } from './recovery.ts'

const start = (id: string, k: 'job' | 'build' = 'job'): JournalRecord => ({
  r: 's',
  id,
  k,
  t: 'uid',
  pid: 1,
  ticks: [1, 2],
  boot: 'b',
  at: 5,
})
const exit = (id: string, why: null | 'lost' = null): JournalRecord => ({
  r: 'x',
  id,
  k: 'job',
  st: 0,
  why,
  at: 5,
  wall: 2_000_000,
  ut: 1,
  stm: 1,
  rss: 4,
  out: Buffer.from('text').toString('base64'),
  outn: 4,
  files: [],
  dirs: [],
  big: false,
})
const report = (over: Partial<InventoryReport>): InventoryReport => ({
  e: 'inv',
  run: null,
  k: null,
  pid: 0,
  at: 0,
  big: false,
  queue: [],
  journal: [],
  ...over,
})

test('what ended and was not forgotten comes back with its output and usage', () => {
  const records = [start('a'), exit('a'), start('b'), exit('b')]
  const { ended } = inventoryOf(report({ journal: ['b'] }), records, [])
  expect(ended.map((item) => [item.id, item.uid, item.startedAt])).toEqual([['b', 'uid', 5]])
  expect(ended[0]?.end).toMatchObject({ kind: 'exit', exit: { usage: { wallSeconds: 2, peakMemory: 4096 } } })
})

test('an attempt that ended between the report and the reading of the journal has ended', () => {
  const { running, ended } = inventoryOf(report({ run: 'a', journal: ['a'] }), [start('a'), exit('a')], [])
  expect(running).toBeNull()
  expect(ended).toHaveLength(1)
})

test('a build that waits is known by the record of its workspace', () => {
  const workspace = { place: 'u.2' as Place, build: 'w' as AttemptId, state: 'building', use: 'build' } as const
  const { queue } = inventoryOf(report({ queue: ['w', 'j'] }), [], [workspace])
  expect(queue).toEqual([
    { id: 'w', uid: 'u', place: 'u.2', build: true },
    { id: 'j', uid: '', place: '', build: false },
  ])
})

test('what the keeper could not start is a failure that never ran', () => {
  const failure: JournalRecord = { r: 'f', id: 'a', k: 'job', err: 'spawn', msg: 'no python3' }
  const full: JournalRecord = { r: 'f', id: 'b', k: 'job', err: 'full', msg: 'no space left' }
  const { ended } = inventoryOf(report({ journal: ['a', 'b'] }), [failure, full], [])
  expect(ended.map(({ end }) => end)).toEqual([
    { kind: 'failure', reason: 'it could not be started: no python3', again: false },
    { kind: 'failure', reason: 'its files could not be put in place: no space left', again: true },
  ])
})
