// Are jobs bound to CPUs of their own on this node, and to which? Asked by advertise.ts and app.ts. Pure.
import { DistError } from '../../shared/base/errors.ts'

export interface PinFacts {
  readonly pin: readonly number[] | 'none' | null
  /** CPUs that the agent may use; null = not known */
  readonly mask: readonly number[] | null
  /** no other agent runs on this machine */
  readonly alone: boolean
}

/** Why jobs are not bound, in words; empty when they are. `cores` that the node offers. */
export function whyUnbound({ pin, mask, alone }: PinFacts, cores: number): string {
  if (pin === 'none') return 'turned off by --pin none'
  if (pin !== null) return ''
  if (mask === null) return 'it is not known which CPUs this agent may use'
  if (cores > mask.length) return `--cores ${cores} exceeds the ${mask.length} CPUs it may use`
  return alone ? '' : 'another agent runs on this machine'
}

/** CPUs to choose from. `usage` when --pin names one that is not there. */
export function usableCpus({ pin, mask }: PinFacts): readonly number[] {
  if (pin === null || pin === 'none') return mask ?? []
  const foreign = pin.find((cpu) => mask !== null && !mask.includes(cpu))
  if (foreign === undefined) return pin
  throw new DistError('usage', `--pin names CPU ${foreign}, which this agent may not use`, {
    hint: `choose from ${mask?.join(',')} (taskset -cp of this shell tells)`,
  })
}
