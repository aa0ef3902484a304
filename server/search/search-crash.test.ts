// A head that dies at any moment of a search, and the next one on the same rows: the same trials with the same values, none lost,
// none twice, and a state that is the replay of its events.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { SearchSpec } from '../../shared/model/search.ts'
import type { TrialEnd } from '../../shared/model/trial.ts'
import { summaryOf } from '../ports/search-summary.ts'
import { readJobsetSpec } from '../ports/spec-json.ts'
import { searchReads } from '../store/reads/searches.ts'
import { fromEventRow } from './event-rows.ts'
import { newRun, replayEvent } from './search-run.ts'
import { type BenchOptions, openBench, type SearchBench, sweep } from './test-support.ts'
import { asked, type Play, searchOf, square } from './test-support-specs.ts'

const failed: TrialEnd = { kind: 'failed', reason: 'failed: exit code 1', retry: null }
const play: Play = (trial) => (trial.number % 3 === 2 ? failed : square(trial))

interface Ran {
  readonly trials: readonly unknown[]
  readonly told: readonly unknown[]
  readonly deaths: number
}

/** To its end, with a new head after every death. */
async function run(search: SearchSpec<never>, dies: (head: number) => BenchOptions['dies']): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'dist-crash-'))
  let deaths = 0
  let bench: SearchBench | null = null
  try {
    for (let head = 0; ; head++) {
      const options = dies(head)
      const current = openBench(folder, { play, ...(options === undefined ? {} : { dies: options }) })
      bench = current
      const work = async (): Promise<'done'> => {
        if (head === 0) await current.submit(search)
        await current.done()
        return 'done'
      }
      const ended = await Promise.race([work(), current.died.then(() => 'died' as const)])
      if (ended === 'done') break
      deaths++
      current.close()
    }
    expectReplayed(bench)
    const { trials } = bench.searches.trials(sweep, { after: -1, limit: 100 })
    const told = trials.map(({ trial, params, values, state }) => ({ trial, params, values, state }))
    return { trials: told, told: bench.optimisers.flatMap(({ log }) => log), deaths }
  } finally {
    bench?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the rows say of the search is what its events make of it, and each trial ended once. */
function expectReplayed({ store, events }: SearchBench): void {
  const reads = searchReads(store.reads)
  const row = reads.find(sweep)
  const spec = readJobsetSpec(row?.spec ?? '{}').search
  if (row === null || spec === undefined) throw new Error('no search')
  const again = newRun(sweep, spec, row.seed)
  for (const event of reads.events(sweep)) replayEvent(again, fromEventRow(event))
  expect(row.summary).toEqual(JSON.parse(JSON.stringify(summaryOf(again.search, again.state, again.seq - 1))))
  const ends = events().filter((event) => event.startsWith('ended'))
  expect(new Set(ends.map((event) => event.split(' ')[1])).size).toBe(ends.length)
}

const searches = {
  grid: searchOf({ maxConcurrent: 3 }),
  generations: asked({ maxConcurrent: 2, numSamples: 4 }),
  halving: searchOf({
    ...{
      algorithm: 'halving',
      algorithmConfig: { budget: 'steps', min: 1, max: 2, factor: 2 },
      numSamples: 3,
      maxConcurrent: 3,
      batch: true,
    },
    params: [{ name: 'x', domain: { kind: 'float', low: 0, high: 10, log: false, step: null } }],
  }),
}
const watched = ['advanceSearch', 'finish', 'claim', 'endJobset', 'commitDraft']

for (const [name, search] of Object.entries(searches)) {
  test(`${name}: a head that dies before or after any of its writes changes nothing`, async () => {
    const writes: string[] = []
    const whole = await run(search, () => (transition) => {
      if (watched.includes(transition)) writes.push(transition)
      return null
    })
    expect(whole.trials.length).toBeGreaterThan(3)
    expect(writes.filter((write) => write === 'advanceSearch').length).toBeGreaterThan(2)
    for (const [at, write] of writes.entries()) {
      for (const when of ['before', 'after'] as const) {
        // whoever adds a jobset asks again until it is answered
        if (write === 'commitDraft' && when === 'before') continue
        let seen = 0
        const cut = await run(search, (head) => (transition) => {
          if (head > 0 || !watched.includes(transition)) return null
          return seen++ === at ? when : null
        })
        expect([at, write, when, cut.deaths, cut.trials]).toEqual([at, write, when, 1, whole.trials])
      }
    }
  })
}

test('a head that dies again and again gets there', async () => {
  const whole = await run(searches.generations, () => undefined)
  const cut = await run(searches.generations, (head) => {
    let seen = 0
    return (transition) => (watched.includes(transition) && head < 4 && ++seen > 2 ? (head % 2 === 0 ? 'after' : 'before') : null)
  })
  expect(cut.trials).toEqual(whole.trials)
  expect(cut.deaths).toBe(4)
})
