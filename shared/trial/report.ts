// What a job reported, from wherever it came, as data. A report is any text that a script sent; only an object can hold metrics.

import type { ParamValue } from '../model/options.ts'
import type { Metric } from '../model/search.ts'

/** In the order in which they count, where a job used several. `lines`: DIST_METRIC; `results`: distribute_save/results.json. */
export const reportSources = ['frame', 'file', 'results', 'lines'] as const
export type ReportSource = (typeof reportSources)[number]

export interface Report {
  readonly source: ReportSource
  /** as it came: numbers keep their digits there */
  readonly text: string
  readonly data: Readonly<Record<string, ParamValue>>
}

/** Never fails: what is no JSON object is kept as `_raw`. Of a file that is no JSON as a whole, the last line counts. */
export function parseReport(source: ReportSource, text: string): Report {
  const whole = parse(text)
  const last = text.trimEnd().split('\n').at(-1) ?? ''
  const value = whole === undefined && source === 'file' ? (parse(last) ?? text) : (whole ?? text)
  return { source, text, data: isObject(value) ? value : { _raw: value } }
}

export type Measured = { readonly kind: 'values'; readonly values: readonly number[] } | { readonly kind: 'bad'; readonly reason: string }

/** One finite number for each metric, or what is wrong with the first that is not. */
export function measure({ data }: Report, metrics: readonly Metric[]): Measured {
  const values: number[] = []
  for (const { name } of metrics) {
    const value = Object.hasOwn(data, name) ? data[name] : undefined
    if (typeof value === 'number' && Number.isFinite(value)) values.push(value)
    else return { kind: 'bad', reason: value === undefined ? missing(name, data) : `${name} is ${short(value)}, which is no finite number` }
  }
  return { kind: 'values', values }
}

function missing(name: string, data: Report['data']): string {
  const keys = Object.keys(data)
  if (keys.length === 1 && keys[0] === '_raw') return `the job sent ${short(data['_raw'] ?? null)}, which has no ${name}`
  return keys.length === 0
    ? `the job sent an empty object, without ${name}`
    : `the job sent no ${name}, but ${short(keys.join(', '), false)}`
}

/** For a sentence: its first characters. */
export function short(value: ParamValue, quoted = true): string {
  const text = typeof value === 'string' && !quoted ? value : JSON.stringify(value)
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`
}

/** Undefined for no JSON. Python also writes NaN and Infinity, which become text here. */
function parse(text: string): ParamValue | undefined {
  try {
    return JSON.parse(text) as ParamValue
  } catch {
    if (!/NaN|Infinity/.test(text)) return undefined
  }
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) => (token.startsWith('"') ? token : `"${token}"`))
  try {
    return JSON.parse(quoted) as ParamValue
  } catch {
    return undefined
  }
}

function isObject(value: ParamValue): value is Readonly<Record<string, ParamValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
