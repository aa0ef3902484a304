// A story of the simulator: disturbances in an order that a seed decides, checks after each, then calm, in which
// everything has to come to its end. Each step draws its own chance, so that a story can be told without some of them.
// Used by tell.ts.
import { expect, vi } from 'vitest'
import { summaryOf } from '../../server/ports/search-summary.ts'
import { readJobsetSpec } from '../../server/ports/spec-json.ts'
import { fromEventRow } from '../../server/search/event-rows.ts'
import { newRun, replayEvent } from '../../server/search/search-run.ts'
import { searchReads } from '../../server/store/reads/searches.ts'
import type { JobsetId } from '../../shared/model/ids.ts'
import type { JobState } from '../../shared/model/job.ts'
import { Cluster } from './cluster.ts'
import { act } from './steps.ts'

function rowCounts(cluster: Cluster, jobset: number): Partial<Record<JobState, number>> {
  const rows = cluster.db
    .prepare<[number], { state: JobState; n: number }>('SELECT state, count(*) AS n FROM job WHERE jobset = ? GROUP BY state')
    .all(jobset)
  return Object.fromEntries(rows.map((row) => [row.state, row.n]))
}

/** What runs on a machine never takes more than it has, whatever the head believes. */
function checkShares(cluster: Cluster): void {
  for (const { node, facts, keepers } of cluster.machines) {
    const shares = keepers.flatMap(({ running }) => (running === null ? [] : [cluster.shareOf(running.id)]))
    const cores = shares.reduce((sum, share) => sum + share.cores, 0)
    expect(cores, `cores in use on ${node}`).toBeLessThanOrEqual(facts.cores)
    if (shares.some(({ whole }) => whole)) expect(shares, `jobs beside one that has all of ${node}`).toHaveLength(1)
    const gpus = shares.flatMap((share) => share.gpus)
    expect(new Set(gpus).size, `GPUs in use on ${node}`).toBe(gpus.length)
  }
}

/** The core agrees with itself always, with the rows whenever nothing is on its way to or from the store. */
function check(cluster: Cluster): void {
  checkShares(cluster)
  if (cluster.loop.rebuilding) return
  const { core } = cluster.loop
  const live = new Map<number, number>()
  for (const attempt of core.attempts.values()) live.set(attempt.jobset, (live.get(attempt.jobset) ?? 0) + 1)
  for (const [id, jobset] of core.jobsets) {
    expect(jobset.live, `live attempts of jobset ${id}`).toBe(live.get(id) ?? 0)
    expect(Math.min(...Object.values(jobset.counts)), `lowest counter of jobset ${id}`).toBeGreaterThanOrEqual(0)
  }
  if (cluster.store.waiting > 0) return
  for (const [id, jobset] of core.jobsets) {
    const counts = Object.fromEntries(Object.entries(jobset.counts).filter(([, n]) => n > 0))
    expect(counts, `counters of jobset ${id}`).toEqual(rowCounts(cluster, id))
  }
}

function checkEnd(cluster: Cluster): void {
  const { db, loop } = cluster
  expect(db.prepare("SELECT id, state FROM jobset WHERE state = 'active' OR counts IS NULL").all(), 'jobsets that never ended').toEqual([])
  expect(db.prepare("SELECT id FROM attempt WHERE state IN ('claimed', 'running')").all(), 'attempts that never ended').toEqual([])
  expect(db.prepare("SELECT id, state FROM build WHERE state IN ('ordered', 'building')").all(), 'builds that never ended').toEqual([])
  const wrong = db.prepare(
    `SELECT j.id, j.state, count(e.seq) AS commits FROM job j LEFT JOIN event e ON e.job = j.id AND e.kind = 'committed'
     GROUP BY j.id HAVING commits <> (j.state <> 'cancelled')`,
  )
  expect(wrong.all(), 'jobs without exactly one committed event').toEqual([])
  expect([...loop.core.attempts.values()], 'attempts in the core').toEqual([])
  expect([...loop.core.jobsets.keys()], 'jobsets in the core').toEqual([])
  for (const node of loop.core.nodes.values()) {
    expect({ name: node.facts.name, claims: node.claims, builds: [...node.builds] }).toEqual({
      name: node.facts.name,
      claims: [],
      builds: [],
    })
  }
  for (const { node, keepers } of cluster.machines) {
    for (const { journal, slot } of keepers) expect(journal.size, `journal of ${node}, slot ${slot}`).toBe(0)
  }
  checkSearches(cluster)
  const frozen = db.prepare<[], { id: number; counts: string }>('SELECT id, counts FROM jobset').all()
  for (const { id, counts } of frozen) {
    const own = Object.fromEntries(Object.entries(JSON.parse(counts) as Record<string, number>).filter(([, n]) => n > 0))
    expect(own, `counters kept of jobset ${id}`).toEqual(rowCounts(cluster, id))
  }
}

/** Every trial ended once, and what is kept of a search is what its history makes of it. */
function checkSearches({ db }: Cluster): void {
  expect(db.prepare('SELECT jobset FROM search WHERE done = 0').all(), 'searches that never ended').toEqual([])
  const trials = db.prepare(
    `SELECT t.jobset, t.number, count(e.seq) AS ends FROM trial t LEFT JOIN search_event e ON e.jobset = t.jobset AND e.trial = t.number AND e.kind = 'ended'
     GROUP BY t.jobset, t.number HAVING ends <> 1 OR t.end IS NULL OR t.ended IS NULL`,
  )
  expect(trials.all(), 'trials without exactly one end').toEqual([])
  const reads = searchReads(db)
  for (const jobset of db.prepare<[], JobsetId>('SELECT jobset FROM search').pluck().all()) {
    const row = reads.find(jobset)
    const spec = readJobsetSpec(row?.spec ?? '{}').search
    if (row === null || spec === undefined) throw new Error(`the search of jobset ${jobset} is gone`)
    const again = newRun(jobset, spec, row.seed)
    for (const event of reads.events(jobset)) replayEvent(again, fromEventRow(event))
    const summary = JSON.parse(JSON.stringify(summaryOf(again.search, again.state, again.seq - 1))) as unknown
    expect(row.summary, `summary of the search of jobset ${jobset}`).toEqual(summary)
  }
}

function busy(cluster: Cluster): boolean {
  const quiet = cluster.machines.every((machine) => machine.idle && machine.link?.toAgent.length === 0)
  const core = cluster.loop.core
  return !quiet || core.jobsets.size > 0 || core.attempts.size > 0 || cluster.store.waiting > 0 || cluster.loop.rebuilding
}

/** Nothing goes wrong any more: all must come to an end. */
async function calm(cluster: Cluster): Promise<void> {
  for (let turn = 0; turn < 1500 && (turn < 30 || busy(cluster)); turn++) {
    for (const machine of cluster.machines) {
      machine.reviveKeepers()
      if (machine.state.ended) machine.restart()
      cluster.connect(machine)
      machine.receive()
      machine.deliver()
      machine.advanceAll()
    }
    for (const link of cluster.links) link.deliverToHead()
    cluster.store.commit(10, 'none')
    cluster.store.answer()
    await cluster.settle()
    cluster.pass(turn % 3 === 0 ? 1000 : 0)
    await cluster.settle()
    check(cluster)
  }
}

/** Steps of a whole story. */
export const storySteps: readonly number[] = Array.from({ length: 400 }, (_, step) => step)

/** Tells these steps of the story of a seed; null, or how it ends badly. Needs vitest's fake timers. `tell` hears each step. */
export async function story(
  seed: number,
  steps = storySteps,
  tell: (step: number, what: string) => void = () => {},
): Promise<Error | null> {
  vi.clearAllTimers() // of a story that broke off
  const cluster = new Cluster(seed, 3)
  try {
    cluster.submit(5)
    cluster.submitSearch()
    for (const machine of cluster.machines) cluster.connect(machine)
    for (const step of steps) {
      cluster.random.reseed(seed, step)
      tell(step, await act(cluster))
      check(cluster)
    }
    cluster.random.reseed(seed, storySteps.length)
    await calm(cluster)
    checkEnd(cluster)
    return null
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    cluster.close()
  }
}
