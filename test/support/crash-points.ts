// Which crash points a run tries: all, some of each kind (a seeded offset, then every k-th), or those that are named.
import type { Random } from '../sim/random.ts'
import { type CrashProgram, crashPrograms } from './fault-shim.ts'

/** `work`: from a quiet cluster on. `recovery`: from its start on, after it was killed in the middle of work. */
export const crashPhases = ['work', 'recovery'] as const
export type CrashPhase = (typeof crashPhases)[number]

export interface CrashKind {
  readonly program: CrashProgram
  readonly phase: CrashPhase
  /** calls that a recording run counted */
  readonly calls: number
}

/** part of the counted calls that another run makes too */
const surely = 0.6

export interface CrashPoint {
  readonly program: CrashProgram
  readonly phase: CrashPhase
  /** the program ends before its `n`th call, n >= 1 */
  readonly n: number
}

/**
 * At most `some(kind)` points, evenly spread over the calls that every run makes: how many come at the end depends on timing.
 * Null = every one.
 */
export function choosePoints(kinds: readonly CrashKind[], some: ((kind: CrashKind) => number) | null, random: Random): CrashPoint[] {
  return kinds.flatMap((kind) => {
    const calls = some === null ? kind.calls : Math.max(1, Math.floor(kind.calls * surely))
    const step = some === null ? 1 : Math.max(1, Math.floor(calls / some(kind)))
    const first = 1 + (step === 1 ? 0 : random.below(step))
    const points: CrashPoint[] = []
    for (let n = first; n <= calls; n += step) points.push({ program: kind.program, phase: kind.phase, n })
    return some === null ? points : points.slice(0, some(kind))
  })
}

/** `head:work:12`, as in a failure's replay command. */
export function pointName({ program, phase, n }: CrashPoint): string {
  return `${program}:${phase}:${n}`
}

/** Reads a comma-separated list of names. */
export function parsePoints(text: string): CrashPoint[] {
  return text.split(',').map((name) => {
    const [program, phase, n] = name.split(':')
    const known = crashPrograms.find((one) => one === program)
    const when = crashPhases.find((one) => one === phase)
    if (known === undefined || when === undefined || !(Number(n) >= 1)) throw new Error(`'${name}' is no crash point like head:work:12`)
    return { program: known, phase: when, n: Number(n) }
  })
}
