// Lines `DIST_METRIC loss=0.12` in a job's output, found while it comes. The first value of a name counts; several may stand in
// one line, or as one JSON object.
import type { ParamValue } from '../model/options.ts'
import { parseReport, type Report } from './report.ts'

export interface MetricLines {
  /** the line that is not complete */
  rest: string
  readonly data: Map<string, ParamValue>
}

/** A longer line holds no metrics; output may have no line ends at all. */
const longest = 65_536
const word = /^[ \t]*DIST_METRIC[ \t]+(.*)$/

export function newMetricLines(): MetricLines {
  return { rest: '', data: new Map() }
}

/** Changes `lines`. */
export function pushOutput(lines: MetricLines, output: string): void {
  const parts = (lines.rest + output).split(/[\n\r]/)
  lines.rest = (parts.pop() ?? '').slice(0, longest)
  for (const line of parts) readLine(lines, line)
}

/** At the end of the output: a last line without line feed counts too. Null when there was none. */
export function metricReport(lines: MetricLines): Report | null {
  readLine(lines, lines.rest)
  lines.rest = ''
  if (lines.data.size === 0) return null
  const data = Object.fromEntries(lines.data)
  return { source: 'lines', text: JSON.stringify(data), data }
}

function readLine({ data }: MetricLines, line: string): void {
  const rest = word.exec(line)?.[1]
  if (rest === undefined) return
  const found = rest.startsWith('{') ? Object.entries(parseReport('lines', rest).data) : pairs(rest)
  for (const [name, value] of found) if (name !== '' && name !== '__proto__' && !data.has(name)) data.set(name, value)
}

function pairs(text: string): readonly (readonly [string, ParamValue])[] {
  return text
    .trim()
    .split(/\s+/)
    .flatMap((pair) => {
      const cut = pair.indexOf('=')
      return cut < 1 ? [] : [[pair.slice(0, cut), number(pair.slice(cut + 1))] as const]
    })
}

/** Whatever is no number stays text, which no metric can be. */
function number(text: string): ParamValue {
  const value = Number(text)
  return /^[-+.\d]/.test(text) && !/^[-+]?0[xob]/i.test(text) && Number.isFinite(value) ? value : text
}
