// What people do in the middle of it: kill a jobset, drain a node, fill a disk, set a clock.
import type { KillReply } from '../../../shared/api/types.ts'
import { between, type Fault, hold } from './fault.ts'
import { processesWith } from './job-processes.ts'
import { namespace } from './jobset-maker.ts'

export const jobsetKilled: Fault = {
  kind: 'dist kill',
  weight: 4,
  holds: ['kill'],
  run: async ({ cluster, folder, victim, killed, violation }) => {
    const batch = victim()
    if (batch === null) return 'nothing to kill'
    killed(batch)
    const { code, stdout, output } = await cluster.dist(['kill', `${namespace}/${batch}`, '--json'])
    const reply = replyOf(stdout)
    if (reply === null) return `${batch}: ${code} ${output.trim().split('\n').at(-1)}`
    for (const node of reply.confirmed) {
      const left = processesWith(folder, { DIST_JOBSET: `${namespace}/${batch}`, DIST_NODE: node })
      if (left.length > 0) violation(`after dist kill of ${batch}, which ${node} confirmed, there runs: ${left.join(', ')}`)
    }
    return `${batch}: ${reply.cancelled} cancelled, confirmed by ${reply.confirmed.join(' ')}; not by ${reply.waiting.join(' ')}`
  },
}

function replyOf(text: string): KillReply | null {
  try {
    return JSON.parse(text) as KillReply
  } catch {
    return null
  }
}

export const drained = (node: string): Fault => ({
  kind: 'dist node drain',
  weight: 1.5,
  holds: [node],
  run: async ({ cluster }, random, calm) => {
    const timeout = 1 + random.below(8)
    const { program } = cluster.agent(node)
    program.expectEnd()
    const { code, output } = await cluster.dist(['node', 'drain', node, '--timeout', `${timeout}s`])
    if (code !== 0) {
      if (!program.running) program.start()
      return `exit status ${code}: ${output.trim().split('\n').at(-1)}`
    }
    // the order may be lost with the session: then it just goes on
    await Promise.race([program.ended(), hold(60, calm)])
    const left = !program.running
    if (left) program.start()
    return `within ${timeout} s: ${left ? 'left and came back' : 'still there'}`
  },
})

export const diskFull = (owner: string, weight: number): Fault => ({
  kind: owner === 'head' ? 'full disk of head' : 'full disk of node',
  weight,
  holds: [`disk of ${owner}`],
  run: async ({ disks, wasFull }, random, calm) => {
    const [length, from] = [between(random, 2, 15), Date.now()]
    const leave = random.chance(0.5) ? 0 : random.below(160 << 20)
    disks.get(owner)?.fill(leave)
    await hold(length, calm)
    disks.get(owner)?.free()
    wasFull(owner, from, Date.now())
    return `${owner}, ${leave >> 20} MiB left for ${length} s`
  },
})

export const clockSet = (owner: string): Fault => ({
  kind: 'clock',
  weight: 3,
  holds: [`clock of ${owner}`],
  run: async ({ clocks }, random, calm) => {
    const length = between(random, 2, 15)
    const offset = random.pick([2 * 86_400, -2 * 86_400, 3600, -3600, 90, -90]) ?? 0
    clocks.get(owner)?.set(offset)
    await hold(length, calm)
    clocks.get(owner)?.set(0)
    return `${owner} ${offset} s for ${length} s`
  },
})
