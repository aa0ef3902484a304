import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { pythonSays, startKeeper, temporaryFolder } from '../../test/support/keeper-harness.ts'
import { parseJournal, readJournal } from './read.ts'

/** A journal that a real keeper wrote. */
async function realJournal(): Promise<Buffer> {
  const keeper = await startKeeper()
  await keeper.run('j1', 'echo "ü\\n"; echo x > distribute_save/f')
  keeper.send(keeper.job('j2', '', { argv: ['none'] }))
  await keeper.wait('fail')
  await keeper.run('j3', 'exit 3')
  return readFileSync(join(keeper.work, 'slot0.journal'))
}

/** What the keeper's own reader makes of many journals: number of records and valid bytes of each. */
function keeperReads(journals: readonly Buffer[]): [number, number][] {
  const folder = mkdtempSync(join(tmpdir(), 'dist-journals-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'all.json'), JSON.stringify(journals.map((journal) => journal.toString('base64'))))
  const says = pythonSays(
    `import json, binascii, keeper_journal
parsed = [keeper_journal.parse(binascii.a2b_base64(text)) for text in json.load(open(sys.argv[1]))]
print(json.dumps([[len(records), valid] for records, valid in parsed]))`,
    [join(folder, 'all.json')],
  )
  return JSON.parse(says)
}

const ours = (journal: Buffer): [number, number] => {
  const { records, validBytes } = parseJournal(journal)
  return [records.length, validBytes]
}

test('a journal is read back as typed records', async () => {
  const { records, validBytes } = parseJournal(await realJournal())
  expect(records.map(({ r, id }) => [r, id])).toEqual([
    ['s', 'j1'],
    ['x', 'j1'],
    ['f', 'j2'],
    ['s', 'j3'],
    ['x', 'j3'],
  ])
  expect(records[4]).toMatchObject({ st: 3 << 8, why: null, out: '', files: [], big: false })
  expect(validBytes).toBeGreaterThan(500)
})

test('a journal torn at any byte ends at its last whole line, for both readers', async () => {
  const journal = await realJournal()
  const torn = Array.from({ length: journal.length + 1 }, (_, n) => journal.subarray(0, n))
  const expected = torn.map((part) => part.lastIndexOf(10) + 1)
  expect(torn.map(ours).map(([, valid]) => valid)).toEqual(expected)
  expect(keeperReads(torn)).toEqual(torn.map(ours))
})

test('a journal with any byte of its last lines changed ends before that line, for both readers', async () => {
  const journal = await realJournal()
  const starts = [0, ...[...journal.keys()].filter((at) => journal[at] === 10).map((at) => at + 1)]
  const wrong: Buffer[] = []
  const expected: number[] = []
  for (let at = starts[2] ?? 0; at < journal.length; at++) {
    const copy = Buffer.from(journal)
    copy[at] = (journal[at] ?? 0) ^ 4
    wrong.push(copy)
    expected.push(starts.findLast((start) => start <= at) ?? -1)
  }
  expect(wrong.map(ours).map(([, valid]) => valid)).toEqual(expected)
  expect(keeperReads(wrong)).toEqual(wrong.map(ours))
})

test('a line that is no object ends the journal, for both readers; an unknown record is passed over', () => {
  const line = (body: string) => Buffer.from(`${crc32(body).toString(16).padStart(8, '0')} ${body}\n`)
  expect(ours(line('[1]'))).toEqual([0, 0])
  expect(ours(line('{"r"'))).toEqual([0, 0])
  expect(keeperReads([line('[1]'), line('{"r"')])).toEqual([
    [0, 0],
    [0, 0],
  ])
  expect(ours(line('{"r":"new"}'))).toEqual([0, 21])
})

test('a missing journal is empty', () => {
  expect(readJournal(join(temporaryFolder(), 'none'))).toEqual({ records: [], validBytes: 0 })
})

test('a starting keeper cuts a torn tail off and goes on behind it', async () => {
  const keeper = await startKeeper()
  await keeper.run('j1', 'true')
  await keeper.end()
  const path = join(keeper.work, 'slot0.journal')
  const whole = statSync(path).size
  copyFileSync(path, `${path}.copy`)
  truncateSync(path, whole - 3)
  await keeper.start()
  keeper.template()
  // The exit record is gone, so the attempt counts as lost.
  expect(keeper.journal().records.at(-1)).toMatchObject({ r: 'x', id: 'j1', why: 'lost' })
  await keeper.run('j2', 'true')
  await keeper.end()
  appendFileSync(path, '0123')
  await keeper.start()
  expect(keeper.journal().validBytes).toBe(statSync(path).size)
  expect(keeper.journal().records.map(({ r, id }) => r + id)).toEqual(['sj1', 'xj1', 'sj2', 'xj2'])
})

test('a journal is cut when every attempt in it is forgotten, and not before', async () => {
  const keeper = await startKeeper()
  const size = () => statSync(join(keeper.work, 'slot0.journal')).size
  await keeper.run('j1', 'true')
  await keeper.run('j2', 'true')
  keeper.send({ op: 'forget', ids: ['j1'] }, { op: 'inv' })
  await keeper.wait('inv', (report) => report.journal.length === 1)
  expect(size()).toBeGreaterThan(0)
  keeper.send(keeper.job('j3', 'sleep 0.3'))
  await keeper.wait('start')
  keeper.send({ op: 'forget', ids: ['j2', 'j3'] }, { op: 'inv' })
  await keeper.wait('inv', (report) => report.run === 'j3')
  await keeper.exit('j3')
  // A verdict for a job that still runs does not count.
  expect(keeper.journal().records.map(({ r, id }) => r + id)).toContain('xj3')
  keeper.send({ op: 'forget', ids: ['j3'] }, { op: 'inv' })
  await keeper.wait('inv', (report) => report.journal.length === 0)
  keeper.send({ op: 'inv' }, keeper.job('j4', 'true'))
  await keeper.exit('j4')
  expect(keeper.journal().records.map(({ r, id }) => r + id)).toEqual(['sj4', 'xj4'])
})

test('a long journal is written anew without what was forgotten', () => {
  const path = join(temporaryFolder(), 'journal')
  const says = pythonSays(
    `import json, os, keeper_journal
keeper_journal.COMPACT_BYTES = 10000
journal = keeper_journal.Journal(sys.argv[1])
largest = 0
for n in range(2000):
    journal.append('j%d' % n, json.dumps({'r': 's', 'id': 'j%d' % n}).encode())
    if n >= 5: journal.forget(['j%d' % (n - 5)] if n != 105 else [])
    journal.cut()
    largest = max(largest, os.path.getsize(sys.argv[1]))
again = keeper_journal.Journal(sys.argv[1])
print(json.dumps([largest, sorted(journal.kept), journal.size == os.path.getsize(sys.argv[1]), set(journal.kept) <= set(again.kept)]))`,
    [path],
  )
  const [largest, kept, whole, subset] = JSON.parse(says)
  expect(largest).toBeLessThan(11_000)
  expect(kept).toEqual(['j100', 'j1995', 'j1996', 'j1997', 'j1998', 'j1999'])
  expect([whole, subset]).toEqual([true, true])
  expect(readJournal(path).records.filter((record) => record.id === 'j100')).toHaveLength(1)
})
