// What a fault of the campaign is. The catalog is put together in catalog.ts, storm.ts draws from it.
import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../../sim/random.ts'
import type { Cluster } from '../fixtures/cluster.ts'
import type { FillableDisk } from '../fixtures/fillable-disk.ts'
import type { WallClock } from '../fixtures/wall-clock.ts'
import type { Wan } from '../fixtures/wan.ts'

export interface Scene {
  /** all of it lies below */
  readonly folder: string
  readonly cluster: Cluster
  /** disks that can be filled, by what lies on them: 'head' or a node's name */
  readonly disks: ReadonlyMap<string, FillableDisk>
  /** clocks that can be set, in the same way */
  readonly clocks: ReadonlyMap<string, WallClock>
  readonly wan: { readonly host: string; readonly line: Wan } | null
  /** acknowledged jobsets that may be killed; answers null when there is none */
  readonly victim: () => string | null
  /** a person asked for its end: from now on it may be cancelled */
  readonly killed: (batch: string) => void
  readonly violation: (what: string) => void
  /** a node's disk was full from then to then, wall ms */
  readonly wasFull: (node: string, from: number, to: number) => void
}

export interface Fault {
  readonly kind: string
  readonly weight: number
  /** what it is about: two faults with a word in common never overlap; the first is shown */
  readonly holds: readonly string[]
  /** Begins it, waits as long as chance says, and ends it. `calm` fires when the phase ends. Answers what it did, for the log. */
  run(scene: Scene, random: Random, calm: AbortSignal): Promise<string>
}

/** Waits so many seconds, or until calm. */
export async function hold(seconds: number, calm: AbortSignal): Promise<void> {
  await wait(seconds * 1000, undefined, { signal: calm }).catch(() => undefined)
}

/** from <= x < to, one decimal. */
export function between(random: Random, from: number, to: number): number {
  return Math.round((from + random.next() * (to - from)) * 10) / 10
}
