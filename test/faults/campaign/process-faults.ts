// Faults of programs: kill -9, and stopped for a while as a machine under memory pressure or a debugger does.
import type { Random } from '../../sim/random.ts'
import { signalQuietly } from '../../support/processes.ts'
import type { ClusterAgent } from '../fixtures/cluster-agent.ts'
import { between, type Fault, hold, type Scene } from './fault.ts'

export const headKilled: Fault = {
  kind: 'kill head',
  weight: 6,
  holds: ['head'],
  run: async ({ cluster }, random, calm) => {
    const away = between(random, 0, 4)
    await cluster.head.signal('SIGKILL')
    await hold(away, calm)
    await cluster.startHead()
    return `away ${away} s`
  },
}

export const headStopped: Fault = {
  kind: 'stop head',
  weight: 3,
  holds: ['head'],
  run: async ({ cluster }, random, calm) => {
    const length = between(random, 1, 20)
    await cluster.head.signal('SIGSTOP')
    await hold(length, calm)
    await cluster.head.signal('SIGCONT')
    return `${length} s`
  },
}

/** Everything of everybody at once, then all is started again. */
export const allKilled = (nodes: readonly string[]): Fault => ({
  kind: 'kill everything',
  weight: 1,
  holds: ['head', ...nodes],
  run: async ({ cluster }, random, calm) => {
    const away = between(random, 0, 5)
    for (const { launchers, keepers } of cluster.agents.map(partsOf))
      for (const pid of [...launchers, ...keepers]) signalQuietly(pid, 'SIGKILL')
    await Promise.all([cluster.head, ...cluster.agents.map(({ program }) => program)].map((program) => program.signal('SIGKILL')))
    await hold(away, calm)
    await cluster.startHead()
    for (const { program } of cluster.agents) program.start()
    return `away ${away} s`
  },
})

function partsOf(agent: ClusterAgent): { readonly launchers: readonly number[]; readonly keepers: readonly number[] } {
  return { launchers: agent.launchers(), keepers: agent.keepers() }
}

/** What can happen to the programs of one node. */
export function nodeFaults(node: string): Fault[] {
  const part = (
    kind: string,
    weight: number,
    act: (agent: ClusterAgent, scene: Scene, random: Random, calm: AbortSignal) => Promise<string>,
  ): Fault => ({
    kind,
    weight,
    holds: [node],
    run: (scene, random, calm) => act(scene.cluster.agent(node), scene, random, calm),
  })
  return [
    part('kill agent', 3, async ({ program }, _scene, random, calm) => {
      const away = between(random, 0, 8)
      await program.signal('SIGKILL')
      await hold(away, calm)
      program.start()
      return `away ${away} s`
    }),
    part('stop agent', 2, (agent, _scene, random, calm) => stopped([agent.program.pid], random, calm)),
    part('kill launcher', 2, async (agent) => {
      const pids = agent.launchers()
      for (const pid of pids) signalQuietly(pid, 'SIGKILL')
      return pids.join(' ')
    }),
    part('stop launcher', 2, (agent, _scene, random, calm) => stopped(agent.launchers(), random, calm)),
    part('kill keeper', 3, async (agent, _scene, random) => {
      const pid = random.pick(agent.keepers())
      if (pid !== undefined) signalQuietly(pid, 'SIGKILL')
      return String(pid)
    }),
    part('stop keeper', 2, (agent, _scene, random, calm) => {
      const pid = random.pick(agent.keepers())
      return stopped(pid === undefined ? [] : [pid], random, calm)
    }),
    part('kill agent and launcher', 1, async (agent, _scene, random, calm) => {
      const away = between(random, 0, 5)
      for (const pid of agent.launchers()) signalQuietly(pid, 'SIGKILL')
      await agent.program.signal('SIGKILL')
      await hold(away, calm)
      agent.program.start()
      return `away ${away} s`
    }),
  ]
}

async function stopped(pids: readonly number[], random: Random, calm: AbortSignal): Promise<string> {
  const length = between(random, 1, 20)
  for (const pid of pids) signalQuietly(pid, 'SIGSTOP')
  await hold(length, calm)
  for (const pid of pids) signalQuietly(pid, 'SIGCONT')
  return `${pids.join(' ')} for ${length} s`
}
