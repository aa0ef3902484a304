// All faults that can be had on this machine. Put together for main.ts.
import type { Fault } from './fault.ts'
import { farAway, networkFaults } from './network-faults.ts'
import { clockSet, diskFull, drained, jobsetKilled } from './order-faults.ts'
import { allKilled, headKilled, headStopped, nodeFaults } from './process-faults.ts'

export interface CatalogFor {
  readonly nodes: readonly string[]
  /** node on a disk that can be filled */
  readonly small: string
  /** whose clocks can be set */
  readonly clocks: readonly string[]
  /** node whose line can be made long */
  readonly distant: string | null
}

export function catalog({ nodes, small, clocks, distant }: CatalogFor): Fault[] {
  return [
    ...networkFaults(['head', ...nodes]),
    ...(distant === null ? [] : [farAway(distant)]),
    headKilled,
    headStopped,
    allKilled(nodes),
    ...nodes.flatMap((node) => [...nodeFaults(node), drained(node)]),
    jobsetKilled,
    diskFull('head', 3),
    diskFull(small, 3),
    ...clocks.map(clockSet),
  ]
}
