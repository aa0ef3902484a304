// Axes: from values to places between 0 and 1, with ticks at round numbers. Pure.

export interface Tick {
  /** 0..1 */
  readonly at: number
  readonly text: string
}

export interface Axis {
  /** 0..1 where the value lies inside */
  readonly place: (value: number) => number
  readonly ticks: readonly Tick[]
}

/** a range over so many powers of ten is shown by its logarithm */
const decades = 3
/** of the range, left free at both ends */
const margin = 0.04
const wantedTicks = 6

/** For these values; logarithmic where all are positive and they span a factor of 1000. */
export function axisFor(values: Iterable<number>): Axis {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low > high) [low, high] = [0, 1]
  if (low > 0 && high / low >= 10 ** decades) return logAxis(low, high)
  return linearAxis(low, high)
}

/** Whole numbers from `low` to `high`, such as trials. */
export function countAxis(low: number, high: number): Axis {
  return linearAxis(low, Math.max(high, low + 1), 1)
}

/** Names side by side; value k lies in the middle of the k-th. Of many only some have a tick. */
export function namesAxis(names: readonly string[]): Axis {
  const every = Math.ceil(names.length / 12)
  const place = (value: number) => (value + 0.5) / Math.max(1, names.length)
  return { place, ticks: names.flatMap((text, k) => (k % every === 0 ? [{ at: place(k), text }] : [])) }
}

function linearAxis(low: number, high: number, leastStep = 0): Axis {
  // one value, or some that differ by the last digits, still get a range around them
  const least = Math.max(Math.abs(low), Math.abs(high)) * 1e-9
  const half = high - low > least ? (high - low) * (0.5 + margin) : Math.abs(low) * 0.05 || 0.5
  const middle = low + (high - low) / 2
  const [from, to] = [middle - half, middle + half]
  const place = (value: number) => (value - from) / (to - from)
  const step = Math.max(leastStep, roundStep((to - from) / wantedTicks))
  const ticks: Tick[] = []
  for (let k = Math.ceil(from / step); k * step <= to; k++) ticks.push({ at: place(k * step), text: tickText(k * step, step) })
  return { place, ticks }
}

function logAxis(low: number, high: number): Axis {
  const [bottom, top] = [Math.log10(low), Math.log10(high)]
  const free = (top - bottom) * margin
  const [from, to] = [bottom - free, top + free]
  const place = (value: number) => (Math.log10(value) - from) / (to - from)
  const step = Math.max(1, Math.ceil((to - from) / (wantedTicks + 2)))
  const ticks: Tick[] = []
  for (let k = Math.ceil(from / step) * step; k <= to; k += step) ticks.push({ at: (k - from) / (to - from), text: powerText(k) })
  return { place, ticks }
}

/** 1, 2 or 5 times a power of ten, not below `about`. */
function roundStep(about: number): number {
  const power = 10 ** Math.floor(Math.log10(about))
  const share = about / power
  return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10)
}

/** As many digits as the step tells apart. */
function tickText(value: number, step: number): string {
  const size = Math.max(Math.abs(value), step)
  if (size >= 1e6 || size < 1e-4) {
    const digits = Math.max(0, Math.floor(Math.log10(size)) - Math.floor(Math.log10(step)))
    return value === 0 ? '0' : value.toExponential(Math.min(20, digits)).replace('e+', 'e')
  }
  return value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9))).replace(/^-(0(?:\.0*)?)$/, '$1')
}

function powerText(power: number): string {
  return power >= -3 && power <= 4 ? String(Number(`1e${power}`)) : `1e${power}`
}
