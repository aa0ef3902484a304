// What a trial sent, by key, as JSON text: numbers keep the digits with which they came. Pure.
import type { TrialReply } from '../../shared/api/types.ts'
import type { ParamValue } from '../../shared/model/options.ts'
import { parseReport } from '../../shared/trial/report.ts'

/** Keys in the order in which they were sent; each value is compact JSON. Empty without a report. */
export function sentFields(report: TrialReply['report']): ReadonlyMap<string, string> {
  if (report === null) return new Map()
  if (isJsonObject(report.text)) return new Map(topLevel(report.text))
  // NaN, a last line that counts, or no JSON at all
  const { data } = parseReport(report.source, report.text)
  return new Map(Object.entries(data).map(([key, value]) => [key, JSON.stringify(value)]))
}

export function sentValue(text: string): ParamValue {
  return JSON.parse(text) as ParamValue
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gy
const space = /\s*/gy

/** Of text that is known to be a JSON object; of a key that stands twice the last counts, as everywhere. */
function topLevel(text: string): [key: string, value: string][] {
  const fields: [string, string][] = []
  let depth = 0
  let key: string | null = null
  let value = ''
  for (const part of tokens(text)) {
    if (depth === 1 && key === null && part.startsWith('"')) key = JSON.parse(part) as string
    else if (depth === 1 && (part === ',' || part === '}')) {
      if (key !== null) fields.push([key, value])
      key = null
      value = ''
    } else if (depth > 0 && !(depth === 1 && part === ':')) value += part
    if (part === '{' || part === '[') depth++
    else if (part === '}' || part === ']') depth--
  }
  return fields
}

function* tokens(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    space.lastIndex = at
    space.test(text)
    token.lastIndex = space.lastIndex
    const found = token.exec(text)
    if (found === null) return
    at = token.lastIndex
    yield found[0]
  }
}
