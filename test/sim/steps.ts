// What can happen in a story, and how often: connections, adapters, keepers and the store go on, and things go wrong.
// Used by story.ts.
import type { Cluster } from './cluster.ts'
import type { Machine } from './machine.ts'

/** Happens to the cluster, and to the machine where it is about one; answers what it was. */
type Step = (cluster: Cluster, machine: Machine) => string | Promise<string>

/** The first whose bound is above the dice (0 <= dice < 1) happens. */
const steps: readonly (readonly [bound: number, step: Step])[] = [
  [0.25, storeCommits],
  [0.45, ({ store }) => told('the store answers', store.answer())],
  [0.55, headHears],
  [0.7, (_, machine) => `${machine.node} hears: ${machine.receive() ?? 'nothing'}`],
  [0.8, (_, machine) => `${machine.node} is told by an adapter: ${machine.deliver() ?? 'nothing'}`],
  [0.88, (_, machine) => told(`${machine.node}: a keeper goes on`, machine.advance())],
  [0.93, (cluster, machine) => told(`${machine.node} connects`, cluster.connect(machine))],
  [0.96, timePasses],
  [0.97, machineSuffers],
  [0.975, (_, machine) => told(`${machine.node} loses its connection`, machine.cut())],
  [0.98, ({ random }, machine) => told(`the head loses the connection of ${machine.node}`, machine.link?.cutAtHead(random))],
  [0.983, jobsetComes],
  [0.985, (cluster) => told('dist add --extend', cluster.extend())],
  [0.986, (cluster) => told('a search is extended or stopped', cluster.steerSearch())],
  [0.988, (cluster) => told('dist kill', cluster.kill())],
  [0.99, async (cluster) => told('kill -9 of the head', await cluster.restartHead())],
  [1, (_, machine) => told(`${machine.node}: dead keepers start again`, machine.reviveKeepers())],
]

/** One step by chance; answers what it was. */
export async function act(cluster: Cluster): Promise<string> {
  const machine = cluster.random.pick(cluster.machines)
  const dice = cluster.random.next()
  const step = steps.find(([bound]) => dice < bound)?.[1]
  if (machine === undefined || step === undefined) return 'nothing'
  const what = await step(cluster, machine)
  await cluster.settle()
  return `${what} (${cluster.store.waiting} wait at the store)`
}

/** The doing is the second argument, so that a step is one expression. */
function told(what: string, _done: unknown): string {
  return what
}

function storeCommits({ random, store }: Cluster): string {
  const count = 1 + random.below(6)
  const fault = random.chance(0.02) ? 'all' : random.chance(0.03) ? 'one' : 'none'
  store.commit(count, fault)
  return `the store commits up to ${count}${fault === 'none' ? '' : `, ${fault} of them fail`}`
}

function headHears({ random, links }: Cluster): string {
  const link = random.pick(links)
  link?.deliverToHead()
  return `the head hears ${link?.node ?? 'nobody'}`
}

function timePasses(cluster: Cluster): string {
  const ms = cluster.random.chance(0.1) ? 15_000 : 1000
  cluster.pass(ms)
  return `${ms / 1000} s pass`
}

function jobsetComes(cluster: Cluster): string {
  if (cluster.random.chance(0.4)) return told('a search comes', cluster.submitSearch())
  const jobs = 1 + cluster.random.below(6)
  cluster.submit(jobs)
  return `a jobset of ${jobs} jobs comes`
}

function machineSuffers({ random }: Cluster, machine: Machine): string {
  const kind = random.below(4)
  if (kind === 0) return told(`${machine.node}: kill -9 of the agent`, machine.restart())
  if (kind === 1) return told(`${machine.node} boots`, machine.reboot())
  if (kind === 2) return told(`${machine.node}: kill -9 of a keeper`, machine.killKeeper())
  return told(`${machine.node}: its agent is asked to stop, or starts again`, machine.stop())
}
