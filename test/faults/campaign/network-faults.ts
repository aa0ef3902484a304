// Faults of the network between the hosts.
import type { Random } from '../../sim/random.ts'
import type { Direction, Network, Undo } from '../fixtures/network.ts'
import { between, type Fault, hold } from './fault.ts'

type Begin = (network: Network, host: string, random: Random) => { readonly what: string; readonly undo: Undo }

interface Kind {
  readonly kind: string
  readonly weight: number
  readonly seconds: readonly [number, number]
  readonly begin: Begin
}

const kinds: readonly Kind[] = [
  { kind: 'cable', weight: 3, seconds: [0.5, 12], begin: (network, host) => ({ what: 'cable out', undo: network.cut(host) }) },
  {
    kind: 'partition',
    weight: 3,
    seconds: [1, 20],
    begin: (network, host, random) => {
      const way: Direction = random.pick(['in', 'out', 'both'] as const) ?? 'both'
      return { what: `drops ${way}`, undo: network.drop(host, way) }
    },
  },
  { kind: 'reset', weight: 3, seconds: [0.2, 6], begin: (network, host) => ({ what: 'resets', undo: network.reset(host) }) },
  {
    kind: 'loss',
    weight: 2,
    seconds: [3, 15],
    begin: (network, host, random) => {
      const percent = 5 + random.below(16)
      return { what: `loses ${percent} %`, undo: network.lose(host, percent) }
    },
  },
  {
    kind: 'slow',
    weight: 2,
    seconds: [3, 15],
    begin: (network, host, random) => {
      const kbit = random.pick([256, 1000, 8000]) ?? 1000
      return { what: `${kbit} kbit/s`, undo: network.slow(host, kbit) }
    },
  },
]

/** Every kind on every host; on the head they are rarer, as they hit all. */
export function networkFaults(hosts: readonly string[]): Fault[] {
  return hosts.flatMap((host) =>
    kinds.map(({ kind, weight, seconds, begin }) => ({
      kind,
      weight: host === 'head' ? weight / 2 : weight,
      holds: [`link of ${host}`],
      run: async ({ cluster }, random, calm) => {
        const length = between(random, ...seconds)
        const { what, undo } = begin(cluster.network, host, random)
        await hold(length, calm)
        undo()
        return `${what} for ${length} s`
      },
    })),
  )
}

/** 100 ms more on the one line that can have it. */
export const farAway = (host: string): Fault => ({
  kind: 'delay',
  weight: 3,
  holds: [`delay of ${host}`],
  run: async ({ wan }, random, calm) => {
    const length = between(random, 3, 20)
    await wan?.line.delay(100, 20)
    await hold(length, calm)
    await wan?.line.delay(0, 0)
    return `100 ms for ${length} s`
  },
})
