// Searches on a real store and loop, with a node that is played.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BenchOptions, openBench, type SearchBench, searchOf, sweep } from './test-support.ts'

let folder: string
const benches: SearchBench[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-search-'))
})
afterEach(() => {
  for (const bench of benches.splice(0)) bench.close()
  rmSync(folder, { recursive: true, force: true })
})

function open(options?: BenchOptions): SearchBench {
  const bench = openBench(folder, options)
  benches.push(bench)
  return bench
}

test('a grid runs to its end in its order, and its jobset succeeds', async () => {
  const bench = open()
  await bench.submit(searchOf())
  await bench.done()
  const { trials } = bench.searches.trials(sweep, { after: -1, limit: 100 })
  expect(trials.map(({ label, state, values }) => [label, state, values])).toEqual([
    ['search_00000', 'reported', [0]],
    ['search_00001', 'reported', [1]],
    ['search_00002', 'reported', [4]],
    ['search_00003', 'reported', [9]],
  ])
  expect(bench.head.jobset(sweep)).toMatchObject({ state: 'succeeded', jobs: 4, counts: { succeeded: 4 } })
  expect(bench.searches.search(sweep)).toMatchObject({
    state: 'done',
    reason: 'complete',
    total: 4,
    open: 0,
    best: { trial: 0, label: 'search_00000', values: [0] },
    counts: { reported: 4 },
  })
})
