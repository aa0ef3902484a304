// What a scheduling decision costs, by the number of queued jobs: the head's core alone, with 1 000 nodes that finish jobs
// as fast as they get them. Flat means that a long queue costs nothing.
//   npx tsx bench/scheduler.ts [--nodes 1000] [--write]
import { parseArgs } from 'node:util'
import { onClaimed, onFinished, onFinishing } from '../server/core/attempt-events.ts'
import type { Effects } from '../server/core/effects.ts'
import { onJobset } from '../server/core/jobset-events.ts'
import { onConnected } from '../server/core/node-events.ts'
import { plan } from '../server/core/plan.ts'
import { newCore } from '../server/core/state.ts'
import { newAttempt, node, jobset as someJobset, spec } from '../server/core/test-support.ts'
import type { AttemptId, JobId, JobsetId, NodeId } from '../shared/model/ids.ts'
import { noJobs } from '../shared/model/job.ts'
import { median } from './cpu.ts'
import { writeResult } from './write-result.ts'

const { values } = parseArgs({ options: { nodes: { type: 'string' }, write: { type: 'boolean' } } })
const nodes = Number(values.nodes ?? 1000)
const jobsets = 10
const decisions = 20_000
const rows: { queued: number; us: number }[] = []
for (const queued of [1000, 100_000, 1_000_000, 1000, 100_000, 1_000_000, 1000, 100_000, 1_000_000]) rows.push(measure(queued))
const result = {
  bench: 'scheduler',
  nodes,
  jobsets,
  microsecondsPerDecision: Object.fromEntries(
    [1000, 100_000, 1_000_000].map((queued) => [
      queued,
      Number(median(rows.filter((row) => row.queued === queued).map((row) => row.us)).toFixed(1)),
    ]),
  ),
}
console.log(JSON.stringify(result, null, 2))
if (values.write === true) writeResult(result)

/** Runs passes until enough jobs were given out; the queue is kept at its length by new jobs. */
function measure(queued: number): { queued: number; us: number } {
  const core = newCore(0)
  let claims: Parameters<Effects['claim']>[0][number][] = []
  const last = new Map<JobsetId, number>()
  const effects: Effects = {
    claim: (items) => void claims.push(...items),
    orderBuild: () => {},
    dropBuilds: () => {},
    lose: () => {},
    giveBack: () => {},
    endJobset: () => {},
    stopJobset: () => {},
    failJobs: () => {},
    loadReady: (id, demand, after, limit) => {
      const end = last.get(id) ?? 0
      const ids: JobId[] = []
      for (let job = after + 1; job <= end && ids.length < limit; job++) ids.push(job as JobId)
      core.jobsets.get(id)?.ready.loaded(demand, ids)
    },
    trialsEnded: () => {},
    nodeGone: () => {},
    send: () => {},
    disconnect: () => {},
    changed: () => {},
    schedule: () => {},
  }
  for (let i = 1; i <= jobsets; i++) {
    const id = i as JobsetId
    const jobs = queued / jobsets + decisions
    last.set(id, jobs)
    onJobset(core, someJobset(i), { ...noJobs, ready: jobs }, effects)
  }
  for (let i = 0; i < nodes; i++) {
    const facts = node(`n${i}`)
    onConnected(core, facts, i + 1, [], new Set(), 0, effects)
    for (const id of core.jobsets.keys()) core.nodes.get(facts.id)?.builds.set(id, { kind: 'ready', id: null })
  }
  let given = 0
  let spent = 0
  while (given < decisions) {
    const start = performance.now()
    plan(core, effects)
    const asked = claims
    claims = []
    const claimed = asked.map((item) => ({ ...item, attempt: newAttempt(), number: 1, spec }))
    onClaimed(core, asked, claimed, effects)
    given += asked.length
    const byNode = new Map<NodeId, AttemptId[]>()
    for (const item of claimed) byNode.set(item.node, [...(byNode.get(item.node) ?? []), item.attempt])
    for (const [id, attempts] of byNode) {
      onFinishing(core, attempts, effects)
      const replies = attempts.map((attempt) => {
        const held = core.attempts.get(attempt)
        return { attempt, verdict: 'committed', jobset: held?.jobset ?? null, job: held?.job ?? null, wallSeconds: 60 }
      })
      const changes = replies.flatMap(({ job, jobset }) =>
        job === null || jobset === null ? [] : [{ job, jobset, from: 'claimed' as const, to: 'succeeded' as const }],
      )
      onFinished(core, id, replies, changes, effects)
    }
    spent += performance.now() - start
  }
  return { queued, us: (spent * 1000) / given }
}
