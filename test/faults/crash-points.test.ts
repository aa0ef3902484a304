// Head, agent, launcher and keeper end (SIGKILL) before their n-th call that changes something outside: before every write,
// sync, rename, removal and send, at work and while they recover from an end before. Whatever was acknowledged is committed
// exactly once and whole, and nothing is left lying or running. A few points here; `npm run faults -- --points` tries all.
import { expect, test } from 'vitest'
import { Random } from '../sim/random.ts'
import { CrashCluster } from '../support/crash-cluster.ts'
import { type CrashKind, type CrashPoint, choosePoints, crashPhases, parsePoints, pointName } from '../support/crash-points.ts'
import { beginCrashWork, endCrashWork, expectNoLeftovers } from '../support/crash-work.ts'
import { type CrashProgram, crashPrograms } from '../support/fault-shim.ts'
import { until } from '../support/until.ts'

const wanted = process.env['DIST_POINTS'] ?? 'some'
const random = new Random(Number(process.env['DIST_POINTS_SEED'] ?? 1))
/** points of a kind that `npm test` tries */
const few: Readonly<Record<CrashProgram, number>> = { head: 4, agent: 2, launcher: 1, keeper: 2 }
/** what a run counts differs by timing: so often the work is done again until the call comes */
const rounds = 5

let batches = 0
const nextBatch = (): string => `b${++batches}`

test(
  'head, agent, launcher and keeper may end before any call',
  async () => {
    let cluster = await CrashCluster.start()
    const failures: string[] = []
    const tally = new Map<string, { found: number; tried: number; hit: number }>()
    try {
      const kinds = await record(cluster)
      for (const { program, phase, calls } of kinds) tally.set(`${program} ${phase}`, { found: calls, tried: 0, hit: 0 })
      const points = choose(kinds)
      for (const point of points) {
        const line = tally.get(`${point.program} ${point.phase}`)
        if (line !== undefined) line.tried++
        try {
          const call = await crash(cluster, point)
          if (call === null) failures.push(`${pointName(point)} was not hit in ${rounds} rounds of work`)
          else if (line !== undefined) line.hit++
          if (wanted !== 'some') console.log(`${pointName(point)}: ${call}`)
        } catch (error) {
          const call = cluster.shim.counters[point.program].hit ?? 'not hit yet'
          failures.push(
            `${pointName(point)} (before ${call}): ${String(error)}\n  again: npm run faults -- --points --only ${pointName(point)}`,
          )
          await cluster.stop().catch((left: unknown) => failures.push(String(left)))
          cluster = await CrashCluster.start()
        }
      }
    } finally {
      await cluster.stop()
    }
    for (const [kind, { found, tried, hit }] of tally) console.log(`crash points, ${kind}: ${found} found, ${tried} tried, ${hit} hit`)
    expect(failures.join('\n')).toBe('')
  },
  24 * 3_600_000,
)

function choose(kinds: readonly CrashKind[]): readonly CrashPoint[] {
  if (wanted === 'all') return choosePoints(kinds, null, random)
  if (wanted !== 'some') return parsePoints(wanted)
  return choosePoints(kinds, ({ program, phase }) => Math.ceil(few[program] / (phase === 'work' ? 1 : 2)), random)
}

/** Counts the calls of each program at work, and from its restart on after it was killed in the middle. */
async function record(cluster: CrashCluster): Promise<CrashKind[]> {
  await work(cluster) // what happens only the first time
  const kinds: CrashKind[] = []
  const before = crashPrograms.map((program) => cluster.shim.counters[program].count)
  await work(cluster)
  for (const [i, program] of crashPrograms.entries())
    kinds.push({ program, phase: 'work', calls: cluster.shim.counters[program].count - (before[i] ?? 0) })
  for (const program of crashPrograms) {
    let since = 0
    await work(cluster, async () => {
      await cluster.kill(program, null)
      since = cluster.shim.counters[program].count
    })
    kinds.push({ program, phase: 'recovery', calls: cluster.shim.counters[program].count - since })
  }
  return kinds.sort((a, b) => crashPhases.indexOf(a.phase) - crashPhases.indexOf(b.phase))
}

/** Lets it happen; answers the call before which the program ended, null when it never came so far. */
async function crash(cluster: CrashCluster, { program, phase, n }: CrashPoint): Promise<string | null> {
  const counter = cluster.shim.counters[program]
  if (phase === 'work') counter.arm(n)
  else await work(cluster, () => cluster.kill(program, n))
  for (let round = 0; counter.hit === null && round < rounds; round++) await work(cluster)
  counter.disarm()
  return counter.hit
}

/** One jobset from its submission to its end, proved whole; `disturb` happens in the middle of it. */
async function work(cluster: CrashCluster, disturb?: () => Promise<void>): Promise<void> {
  const { head, agent } = cluster
  const batch = nextBatch()
  const begun = beginCrashWork(head, batch)
  begun.catch(() => undefined)
  if (disturb !== undefined) {
    const begins = async (): Promise<boolean> => {
      const { jobsets } = await head.api<{ jobsets: { counts: Record<string, number> }[] }>('GET', `/jobsets?namespace=test&batch=${batch}`)
      const counts = jobsets[0]?.counts ?? {}
      return (counts['running'] ?? 0) + (counts['claimed'] ?? 0) + (counts['succeeded'] ?? 0) > 0
    }
    await until(`${batch} is in the middle`, begins, { every: 5, report: head.report })
    await disturb()
  }
  await endCrashWork(head, await begun)
  await cluster.up()
  await expectNoLeftovers(head, agent.work)
}
