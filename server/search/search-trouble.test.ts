// Searches whose steps cannot be written, whose rows cannot be read, and whose reports are large.
import { expect, test } from 'vitest'
import { DistError } from '../../shared/base/errors.ts'
import type { TrialEnd } from '../../shared/model/trial.ts'
import { sweep } from './test-support.ts'
import { benches, statesOf } from './test-support-benches.ts'
import { searchOf } from './test-support-specs.ts'

const open = benches()

test('large reports end a page', async () => {
  const report = { source: 'results', text: 'x'.repeat(1 << 20) } as const
  const bench = open({ play: () => null })
  await bench.submit(searchOf({ maxConcurrent: 12, numSamples: 3 }))
  await bench.until(() => bench.running.length === 12)
  const end: TrialEnd = { kind: 'reported', values: [1], warning: null }
  for (let trial = 0; trial < 12; trial++) bench.finish(trial, end, { trial: { end, report, broken: null } })
  await bench.done()
  const first = bench.searches.trials(sweep, { after: -1, limit: 100 })
  expect([first.trials.length, first.more]).toEqual([8, true])
  expect(bench.searches.trials(sweep, { after: 7, limit: 100 })).toMatchObject({
    more: false,
    trials: [{ trial: 8 }, {}, {}, { trial: 11, report }],
  })
})

test('a search that cannot be read is told, and the head starts all the same', async () => {
  const bench = open({ play: () => null })
  await bench.submit(searchOf())
  await bench.until(() => bench.running.length === 2)
  bench.store.db.prepare("UPDATE search_event SET body = '{', kind = 'ended' WHERE seq = 0").run()
  const again = open()
  expect(again.warnings).toEqual([expect.stringContaining('the search of jobset 1 cannot go on')])
})

test('a step that cannot be written is made again from the rows', async () => {
  let refusals = 1
  const bench = open({
    before: (name) => {
      if (name === 'advanceSearch' && bench.events().length > 2 && refusals-- > 0) throw new DistError('disk_full', 'the disk is full')
    },
  })
  await bench.submit(searchOf())
  await bench.done()
  expect(bench.warnings).toEqual([expect.stringContaining('the disk is full')])
  expect(statesOf(bench)).toEqual(['reported', 'reported', 'reported', 'reported'])
})

test('a step that can never be written ends the search with its reason', async () => {
  let refuses = true
  const bench = open({
    before: (name) => {
      if (refuses && name === 'advanceSearch' && bench.events().length === 2) throw new DistError('exists', 'no more jobs can join')
    },
  })
  await bench.submit(searchOf({ maxConcurrent: 1 }))
  await expect.poll(() => bench.warnings.length).toBeGreaterThan(0)
  refuses = false
  await bench.done()
  expect(bench.searches.search(sweep)).toMatchObject({ reason: 'failed', problem: { message: 'no more jobs can join' } })
})
