import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { float, int, type Value } from '../../shared/model/value.ts'
import { addSearch, reported, trialReply } from '../test-support/fake-searches.ts'
import { FakeState } from '../test-support/fake-state.ts'
import { TestFolder } from '../test-support/run-dist.ts'
import { csvFormOf } from './csv-form.ts'
import { exportResults } from './export-results.ts'
import { trialRow } from './trial-row.ts'

const folder = new TestFolder()
const io = {
  stdout: { columns: null, write: () => undefined, flush: () => Promise.resolve() },
  stderr: { columns: null, write: () => undefined, flush: () => Promise.resolve() },
  env: {},
  cwd: folder.path,
  signal: new AbortController().signal,
}

async function written(trials: readonly Parameters<typeof trialRow>[0][]) {
  const { reply: search } = addSearch(new FakeState(), 1, trials.slice(0, 1))
  async function* rows() {
    for (const trial of trials) yield trialRow(trial)
  }
  const wanted = { search, rows, format: 'parquet' as const, csv: csvFormOf(search, false), file: 'x.parquet' }
  expect(await exportResults(io, wanted)).toBe(trials.length)
  const file = await asyncBufferFromFile(folder.join('x.parquet'))
  const metadata = await parquetMetadataAsync(file)
  const columns = metadata.schema.slice(1).map(({ name, type, converted_type }) => [name, converted_type ?? type])
  return {
    columns: Object.fromEntries(columns) as Record<string, string>,
    groups: metadata.row_groups.length,
    read: await parquetReadObjects({ file }),
  }
}

test('a column has the type of its values, and another reader finds them', async () => {
  const params = (n: Value, x: Value, any: Value) =>
    [['n', n] as const, ['x.y', x] as const, ['any', any] as const].map(([name, value]) => [name, value])
  const trials = [
    reported(0, [12.5], '{"loss": 12.5, "rate": 3.0, "hits": 7, "list": [1, 2.0], "good": true, "who": "ü", "state": "mine"}', {
      params: params(int(1), int(3), { kind: 'text', value: 'a' }) as never,
    }),
    reported(1, [3], '{"loss": 3, "rate": null, "hits": 8, "who": null}', { params: params(int(2 ** 40), float(0.5), int(3)) as never }),
    trialReply(2, {
      state: 'failed',
      reason: 'exit code 1',
      ended: 3,
      exitCode: 1,
      params: params(int(-1), float(2), { kind: 'tuple', items: [int(1), float(2)] }) as never,
    }),
  ]
  const { columns, read } = await written(trials)
  expect(columns).toMatchObject({
    ...{ trial: 'INT64', label: 'UTF8', started_at: 'TIMESTAMP_MILLIS', seconds: 'DOUBLE', exit_code: 'INT64' },
    ...{ 'config/n': 'INT64', 'config/x.y': 'DOUBLE', 'config/any': 'UTF8' },
    ...{ loss: 'DOUBLE', rate: 'DOUBLE', hits: 'INT64', list: 'UTF8', good: 'BOOLEAN', who: 'UTF8', 'data/state': 'UTF8' },
  })
  expect(read).toEqual([
    expect.objectContaining({
      ...{ trial: 0n, label: 'search_00000', state: 'reported', started_at: new Date(1_700_000_000_000), seconds: 1.5, exit_code: 0n },
      ...{ 'config/n': 1n, 'config/x.y': 3, 'config/any': '"a"', loss: 12.5, rate: 3, hits: 7n, list: '[1,2.0]', good: true, who: 'ü' },
      'data/state': 'mine',
    }),
    expect.objectContaining({ 'config/n': BigInt(2 ** 40), 'config/x.y': 0.5, 'config/any': '3', loss: 3, hits: 8n }),
    expect.objectContaining({ state: 'failed', reason: 'exit code 1', 'config/n': -1n, 'config/any': '[1,2.0]', exit_code: 1n }),
  ])
  expect([read[1]?.['rate'], read[1]?.['who'], read[2]?.['loss'], read[2]?.['node']].map((value) => value ?? null)).toEqual([
    null,
    null,
    null,
    null,
  ])
})

test('many rows are written a group at a time, and all of them arrive in order', async () => {
  const trials = Array.from({ length: 25_000 }, (_, i) => reported(i, [i / 7], `{"loss": ${i / 7}}`, { params: [['x', int(i)]] }))
  const { groups, read } = await written(trials)
  expect(groups).toBe(3)
  expect(read.map((row) => row['config/x'])).toEqual(trials.map((_, i) => BigInt(i)))
  expect(read.map((row) => row['loss'])).toEqual(trials.map((_, i) => i / 7))
})

test('a search without results is a file without rows', async () => {
  const { columns, read } = await written([])
  expect(read).toEqual([])
  expect(columns['loss']).toBe('DOUBLE')
  folder.remove()
})
