// Scripts mostly send their parameters back with the result. When one comes back with another value, the job ran without what
// it was sent: the wrong delimiter does that, and nothing else shows it.
import type { ParamValue } from '../model/options.ts'
import { type Params, plain } from '../model/value.ts'

/** Single precision and printing lose that much. */
const tolerance = 1e-6

export interface Mismatch {
  readonly name: string
  readonly sent: ParamValue
  readonly reported: ParamValue
}

/** The first parameter that the report has with another value. */
export function findMismatch(params: Params, data: Readonly<Record<string, ParamValue>>): Mismatch | null {
  for (const [name, value] of params) {
    if (!Object.hasOwn(data, name)) continue
    const sent = plain(value)
    const reported = data[name] ?? null
    if (!isEcho(sent, reported)) return { name, sent, reported }
  }
  return null
}

function isEcho(sent: ParamValue, reported: ParamValue): boolean {
  const [a, b] = [asNumber(sent), asNumber(reported)]
  if (a !== null && b !== null) return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b))
  if (typeof sent !== 'object' || typeof reported !== 'object' || sent === null || reported === null) return sent === reported
  const [left, right] = [Object.entries(sent), new Map(Object.entries(reported))]
  return left.length === right.size && left.every(([key, item]) => right.has(key) && isEcho(item, right.get(key) ?? null))
}

/** Python has True == 1, and numbers come back as text now and then. */
function asNumber(value: ParamValue): number | null {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : null
}
