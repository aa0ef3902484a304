// Random clusters and jobsets: never over-committed, capabilities always met, everything ends or has a reason, nobody
// starves beyond the bound. A fake store answers at once; jobs end in an order that chance decides.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unmet } from '../../shared/model/capability.ts'
import type { JobsetId } from '../../shared/model/ids.ts'
import type { Demand } from '../../shared/model/resources.ts'
import { onFinished, onFinishing } from './attempt-events.ts'
import { lanesOf } from './lanes.ts'
import { canRunClass } from './match.ts'
import type { AttemptState, JobsetFacts, NodeFacts } from './state.ts'
import { type Bench, bench, jobset, node } from './test-support.ts'

const words = ['gpu', 'fast', 'wifi']
const gib = 2 ** 30
const demand: fc.Arbitrary<Demand> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Demand>({ cores: 'all', memory: null, gpus: 0, disk: null }) },
  {
    weight: 4,
    arbitrary: fc.record({
      cores: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 4 })).map(([min, more]) => ({ min, max: min + more })),
      memory: fc.option(fc.integer({ min: 1, max: 12 }).map((n) => n * gib)),
      gpus: fc.integer({ min: 0, max: 2 }),
      disk: fc.option(fc.integer({ min: 1, max: 30 }).map((n) => n * gib)),
    }),
  },
)
const nodes = fc.array(
  fc.record({
    capabilities: fc.subarray(words),
    cores: fc.integer({ min: 1, max: 8 }),
    memory: fc.integer({ min: 4, max: 16 }).map((n) => n * gib),
    slots: fc.integer({ min: 1, max: 8 }),
    gpus: fc.integer({ min: 0, max: 2 }),
    disk: fc.constant(40 * gib),
    ownBuilds: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
)
const jobsets = fc.array(
  fc.record({
    capabilities: fc.subarray(words, { maxLength: 1 }),
    demands: fc.array(demand, { minLength: 1, maxLength: 3 }),
    priority: fc.integer({ min: 0, max: 1 }),
    maxConcurrent: fc.option(fc.integer({ min: 1, max: 4 })),
    classes: fc.array(fc.nat(2), { minLength: 1, maxLength: 25 }),
    seconds: fc.constantFrom(0.02, 0.3, 60),
  }),
  { minLength: 1, maxLength: 4 },
)

function checkNodes(b: Bench): void {
  for (const { facts } of b.core.nodes.values()) {
    const state = b.core.nodes.get(facts.id)
    if (state === undefined) continue
    const lanes = [...lanesOf(b.core, state).values()]
    const sum = (of: (lane: (typeof lanes)[number]) => number): number => lanes.reduce((total, lane) => total + of(lane), 0)
    const gpus = lanes.flatMap(({ grant }) => grant.gpus)
    expect(sum(({ grant }) => grant.cores)).toBeLessThanOrEqual(facts.cores)
    expect(sum(({ grant }) => grant.memory ?? 0)).toBeLessThanOrEqual(facts.memory)
    expect(sum(({ grant }) => grant.disk ?? 0)).toBeLessThanOrEqual(facts.disk)
    expect(new Set(gpus).size).toBe(gpus.length)
    expect(Math.max(-1, ...gpus)).toBeLessThan(facts.gpus)
    expect(lanes.length).toBeLessThanOrEqual(facts.slots)
    if (lanes.some(({ grant }) => grant.whole)) expect(lanes).toHaveLength(1)
  }
  for (const { jobset: id, node: on, demand: index, grant } of b.core.attempts.values()) {
    const facts = b.core.jobsets.get(id)?.facts
    const place = b.core.nodes.get(on)?.facts
    if (facts === undefined || place === undefined) continue
    expect(unmet(place.capabilities, facts.capabilities)).toEqual([])
    const wanted = facts.demands[index]
    if (wanted !== undefined && wanted.cores !== 'all') expect(grant.cores).toBeGreaterThanOrEqual(wanted.cores.min)
  }
}

/** The first of a slot ends; it is running. */
function endOne(b: Bench, pick: number): AttemptState | null {
  const first = new Map<string, AttemptState>()
  for (const attempt of b.core.attempts.values()) {
    const place = `${attempt.node}/${attempt.grant.slot}`
    if (!first.has(place)) first.set(place, attempt)
  }
  const running = [...first.values()]
  const attempt = running[pick % Math.max(1, running.length)]
  if (attempt === undefined) return null
  const { id, job, jobset: of, node: on } = attempt
  const state = b.core.jobsets.get(of)
  onFinishing(b.core, [id], b.effects)
  const wallSeconds = seconds.get(of) ?? 1
  onFinished(
    b.core,
    on,
    [{ attempt: id, verdict: 'committed', jobset: of, job, wallSeconds }],
    state === undefined ? [] : [{ jobset: of, job, from: 'claimed', to: 'succeeded' }],
    b.effects,
  )
  return attempt
}
const seconds = new Map<JobsetId, number>()

test('every job that some node can run ends, without ever more on a node than it has', () => {
  fc.assert(
    fc.property(nodes, jobsets, fc.infiniteStream(fc.nat(1000)), (places, sets, picks) => {
      const b = bench()
      seconds.clear()
      for (const [i, facts] of places.entries()) b.connect(node(`n${i}`, facts))
      for (const [i, { classes, seconds: each, ...facts }] of sets.entries()) {
        const demands = facts.demands.slice(0, 1 + Math.max(...classes.map((n) => n % facts.demands.length)))
        seconds.set((i + 1) as JobsetId, each)
        b.submit(
          jobset(i + 1, { ...facts, demands }),
          classes.length,
          classes.map((n) => n % demands.length),
        )
      }
      const total = sets.reduce((sum, { classes }) => sum + classes.length, 0)
      for (let step = 0; step < total * 4 + 40; step++) {
        b.settle()
        checkNodes(b)
        endOne(b, picks.next().value)
      }
      for (const { facts, counts, ready } of b.core.jobsets.values()) {
        const left = counts.ready + counts.claimed
        if (left === 0) continue
        // What is left is of a class that no node could run, and the match says so.
        for (const index of ready.classes()) {
          expect(
            [...b.core.nodes.values()].some((place) => canRunClass(place.facts, facts, index)),
            `jobset ${facts.id} class ${index}`,
          ).toBe(false)
        }
        expect(counts.claimed).toBe(0)
      }
    }),
    { numRuns: 80 },
  )
})

test('a jobset waits for a node no longer than the bound of affinity, whatever the others ask for', () => {
  const small: Demand = { cores: { min: 1, max: 1 }, memory: null, gpus: 0, disk: null }
  fc.assert(
    fc.property(demand, fc.integer({ min: 1, max: 8 }), fc.infiniteStream(fc.nat(1000)), (late, cores, picks) => {
      const facts: Partial<NodeFacts> = { cores, slots: cores, memory: 16 * gib, disk: 40 * gib, gpus: 2 }
      const second: JobsetFacts = jobset(2, { demands: [late], owner: 'ben' })
      seconds.clear()
      fc.pre(canRunClass(node('a', facts), second, 0))
      const b = bench()
      b.connect(node('a', facts))
      b.submit(jobset(1, { demands: [small] }), 900)
      b.settle()
      b.submit(second, 1)
      let ended = 0
      for (; ended < 400; ended++) {
        b.settle()
        if ([...b.core.attempts.values()].some(({ jobset: of }) => of === 2)) break
        endOne(b, picks.next().value)
      }
      // 100 jobs of the first; two a slot that were held before the count began, and when it ended; what one pass gives.
      expect(ended).toBeLessThanOrEqual(100 + 5 * cores)
    }),
    { numRuns: 60 },
  )
})
