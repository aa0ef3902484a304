// A story of the simulator: disturbances in an order that a seed decides, checks after each, then calm, in which
// everything has to come to its end. Used by cluster.test.ts.
import { expect } from 'vitest'
import type { JobState } from '../../shared/model/job.ts'
import { Cluster } from './cluster.ts'
import type { Machine } from './machine.ts'

async function act(cluster: Cluster): Promise<void> {
  const { random, store } = cluster
  const machine = random.pick(cluster.machines)
  if (machine === undefined) return
  const dice = random.next()
  if (dice < 0.25) store.commit(1 + random.below(6), random.chance(0.02) ? 'all' : random.chance(0.03) ? 'one' : 'none')
  else if (dice < 0.45) store.answer()
  else if (dice < 0.55) random.pick(cluster.links)?.deliverToHead()
  else if (dice < 0.7) machine.receive()
  else if (dice < 0.8) machine.deliver()
  else if (dice < 0.88) machine.advance()
  else if (dice < 0.93) cluster.connect(machine)
  else if (dice < 0.96) cluster.pass(random.chance(0.1) ? 15_000 : 1000)
  else if (dice < 0.97) disturb(cluster, machine)
  else if (dice < 0.975) machine.cut()
  else if (dice < 0.98) machine.link?.cutAtHead(random)
  else if (dice < 0.985) cluster.submit(1 + random.below(6))
  else if (dice < 0.988) cluster.kill()
  else if (dice < 0.99) await cluster.restartHead()
  else machine.reviveKeepers()
  await cluster.settle()
}

function disturb(cluster: Cluster, machine: Machine): void {
  const kind = cluster.random.below(4)
  if (kind === 0) machine.restart()
  else if (kind === 1) machine.reboot()
  else if (kind === 2) machine.killKeeper()
  else machine.stop()
}

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
  const frozen = db.prepare<[], { id: number; counts: string }>('SELECT id, counts FROM jobset').all()
  for (const { id, counts } of frozen) {
    const own = Object.fromEntries(Object.entries(JSON.parse(counts) as Record<string, number>).filter(([, n]) => n > 0))
    expect(own, `counters kept of jobset ${id}`).toEqual(rowCounts(cluster, id))
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

/** Tells the story of a seed; rejects with the seed when it ends badly. Needs vitest's fake timers. */
export async function story(seed: number): Promise<void> {
  const cluster = new Cluster(seed, 3)
  try {
    cluster.submit(5)
    for (const machine of cluster.machines) cluster.connect(machine)
    for (let i = 0; i < 400; i++) {
      await act(cluster)
      check(cluster)
    }
    await calm(cluster)
    checkEnd(cluster)
  } catch (error) {
    throw new Error(`the story of DIST_SIM_SEED=${seed} ends badly: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  } finally {
    cluster.close()
  }
}
