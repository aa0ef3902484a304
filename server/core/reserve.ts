// Room that is kept on a node for the class of jobs that comes next but does not fit yet, so that a stream of smaller jobs
// cannot starve it. One reservation a node, made anew in every pass. Nothing that comes later may delay it:
// - a later job may take only what the class would not need of what is free, and nothing of what it waits for;
// - a slot that works for a later class and holds something of what it waits for gets no more jobs.
import type { JobsetId } from '../../shared/model/ids.ts'
import type { Demand, Grant } from '../../shared/model/resources.ts'
import { type Free, freeOf, shareOf } from './fit.ts'
import type { Lane, NodeFacts, Reservation } from './state.ts'

type Lanes = ReadonlyMap<number, Lane>

/** Room for a class on a node where it does not fit beside `lanes`. */
export function reservation(node: NodeFacts, lanes: Lanes, jobset: JobsetId, index: number, demand: Demand): Reservation {
  const free = freeOf(node, lanes.values())
  const whole = demand.cores === 'all'
  return {
    key: `${jobset}:${index}`,
    jobset,
    demand,
    waitsFor: {
      slots: lanes.size >= node.slots,
      cores: whole || coresOf(demand) > free.cores,
      memory: (demand.memory ?? 0) > free.memory,
      disk: (demand.disk ?? 0) > free.disk,
      gpus: demand.gpus > free.gpus.length,
    },
  }
}

/** The share that a later job of `demand` would get beside what is reserved; null when it does not fit, or would be in the way. */
export function shareBeside(node: NodeFacts, lanes: Lanes, demand: Demand, reserved: Reservation | null): Omit<Grant, 'slot'> | null {
  const free = freeOf(node, lanes.values())
  const got = shareOf(node, free, demand)
  if (got === null || reserved === null) return got
  if (!isInTheWay(free, got, reserved)) return got
  // Of a range of cores the least may still leave room.
  const least = demand.cores === 'all' ? got : { ...got, cores: demand.cores.min }
  return isInTheWay(free, least, reserved) ? null : least
}

/** A slot with this share keeps the class that room is kept for from starting. */
export function holdsBack({ waitsFor }: Reservation, grant: Grant): boolean {
  return waitsFor.slots || uses(waitsFor, grant)
}

function isInTheWay(free: Free, got: Omit<Grant, 'slot'>, { demand, waitsFor }: Reservation): boolean {
  if (demand.cores === 'all' || got.whole || waitsFor.slots || uses(waitsFor, got)) return true
  return (
    (!waitsFor.cores && free.cores - got.cores < coresOf(demand)) ||
    (!waitsFor.memory && free.memory - (got.memory ?? 0) < (demand.memory ?? 0)) ||
    (!waitsFor.disk && free.disk - (got.disk ?? 0) < (demand.disk ?? 0)) ||
    (!waitsFor.gpus && free.gpus.length - got.gpus.length < demand.gpus)
  )
}

function uses(waitsFor: Reservation['waitsFor'], got: Omit<Grant, 'slot'>): boolean {
  return (
    (waitsFor.cores && got.cores > 0) ||
    (waitsFor.memory && (got.memory ?? 0) > 0) ||
    (waitsFor.disk && (got.disk ?? 0) > 0) ||
    (waitsFor.gpus && got.gpus.length > 0)
  )
}

function coresOf({ cores }: Demand): number {
  return cores === 'all' ? Number.POSITIVE_INFINITY : cores.min
}
