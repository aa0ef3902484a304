// Long forms of a parameter that are made of numbers, as domains: {uniform: [0, 1]}, {range: 10}, {linspace: [0, 1, 5]}. Names
// and bounds are those of Python, numpy and ray.tune, so that a script can be copied word for word. Pure.
import type { Domain, Sequence } from '../../model/domain.ts'
import { float, int } from '../../model/value.ts'

export interface FormNumbers {
  /** as written after the word */
  readonly args: readonly number[]
  /** every one of them was written as a whole number */
  readonly whole: boolean
  readonly step: number | null
  readonly log: boolean
  readonly base: number | null
}

interface Form {
  readonly least: number
  readonly most: number
  readonly whole: boolean
  /** which of the keys beside it mean something */
  readonly extras: readonly ('step' | 'log' | 'base')[]
  /** the domain, or what is wrong */
  readonly make: (numbers: FormNumbers) => Domain | string
}

const mostValues = 1_000_000_000

const form = (least: number, most: number, whole: boolean, make: Form['make'], extras: Form['extras'] = []): Form => ({
  least,
  most,
  whole,
  extras,
  make,
})

export const domainForms: Readonly<Record<string, Form>> = {
  range: form(1, 3, true, ({ args }) => stepped(args, true)),
  arange: form(1, 3, false, ({ args, whole }) => stepped(args, whole)),
  linspace: form(
    3,
    3,
    false,
    ({ args: [start = 0, stop = 0, count = 0] }) => counted(count) ?? grid({ kind: 'linspace', start, stop, count }),
  ),
  logspace: form(3, 3, false, ({ args: [start = 0, stop = 0, count = 0], base }) => logspace(start, stop, count, base ?? 10), ['base']),
  uniform: form(2, 2, false, ({ args, step, log }) => floats(args, log, step), ['step', 'log']),
  loguniform: form(2, 2, false, ({ args }) => floats(args, true, null)),
  quniform: form(3, 3, false, ({ args }) => floats(args, false, args[2] ?? 0)),
  qloguniform: form(3, 3, false, ({ args }) => floats(args, true, args[2] ?? 0)),
  int: form(2, 2, true, ({ args, step, log }) => ints(args, log, step ?? 1), ['step', 'log']),
  // ray.tune and Python's randrange leave the upper end out; with a step ray.tune includes it
  randint: form(1, 2, true, ({ args }) => ints(below(args), false, 1)),
  lograndint: form(2, 2, true, ({ args }) => ints(below(args), true, 1)),
  qrandint: form(3, 3, true, ({ args }) => ints(args, false, args[2] ?? 0)),
  qlograndint: form(3, 3, true, ({ args }) => ints(args, true, args[2] ?? 0)),
  normal: form(2, 2, false, ({ args, step }) => normal(args, step), ['step']),
  randn: form(2, 2, false, ({ args }) => normal(args, null)),
  qnormal: form(3, 3, false, ({ args }) => normal(args, args[2] ?? 0)),
  qrandn: form(3, 3, false, ({ args }) => normal(args, args[2] ?? 0)),
}

/** Two values of a list as optimisers take them. */
export function uniformBetween(low: number, high: number): Domain | string {
  return floats([low, high], false, null)
}

function grid(values: Sequence): Domain {
  return { kind: 'grid', values }
}

function stepped(args: readonly number[], whole: boolean): Domain | string {
  const [start, stop, step] = args.length === 1 ? [0, args[0] ?? 0, 1] : [args[0] ?? 0, args[1] ?? 0, args[2] ?? 1]
  if (step === 0) return 'the step is 0'
  const count = Math.ceil((stop - start) / step)
  if (count < 1) return `from ${start} to ${stop} by ${step} there is no value`
  if (count > mostValues) return `it has ${count} values`
  if (count === 1) return grid({ kind: 'list', values: [whole ? int(start) : float(start)] })
  return grid({ kind: whole ? 'range' : 'arange', start, step, count })
}

function counted(count: number): string | null {
  return Number.isInteger(count) && count >= 1 && count <= mostValues ? null : `${count} is no number of values`
}

function logspace(start: number, stop: number, count: number, base: number): Domain | string {
  const finite = base > 0 && Number.isFinite(base ** start) && Number.isFinite(base ** stop)
  return (
    counted(count) ??
    (finite ? grid({ kind: 'logspace', start, stop, count, base }) : `${base} to the power of ${start} or ${stop} is no number`)
  )
}

function floats([low = 0, high = 0]: readonly number[], log: boolean, step: number | null): Domain | string {
  return wrongBounds(low, high, log, step, 0) ?? { kind: 'float', low, high, log, step }
}

function ints([low = 0, high = 0]: readonly number[], log: boolean, step: number): Domain | string {
  if (!Number.isInteger(step)) return `the step ${step} is not whole`
  if (low === high) return { kind: 'constant', value: int(low) }
  return wrongBounds(low, high, log, step, 1) ?? { kind: 'int', low, high, log, step }
}

function below(args: readonly number[]): readonly number[] {
  return args.length === 1 ? [0, (args[0] ?? 0) - 1] : [args[0] ?? 0, (args[1] ?? 0) - 1]
}

function normal([mean = 0, sd = 0]: readonly number[], step: number | null): Domain | string {
  if (sd <= 0) return `the deviation ${sd} is not above 0`
  return step !== null && step <= 0 ? `the step ${step} is not above 0` : { kind: 'normal', mean, sd, step }
}

function wrongBounds(low: number, high: number, log: boolean, step: number | null, least: number): string | null {
  if (low >= high) return `the lower end ${low} is not below the upper end ${high}`
  if (log && (least > 0 ? low < least : low <= 0))
    return `the logarithm needs a lower end ${least > 0 ? `of at least ${least}` : 'above 0'}, and it is ${low}`
  if (step !== null && step <= 0) return `the step ${step} is not above 0`
  return step !== null && step > high - low ? `the step ${step} is longer than from ${low} to ${high}` : null
}
