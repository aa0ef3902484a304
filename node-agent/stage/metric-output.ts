// DIST_METRIC lines of a trial's whole output, although the middle of a long one is not kept: python/keeper_metrics.py put the lines
// of that part aside, and a plain keeper leaves the whole file beside the shortened one. Called by judge.ts and collect.ts.
import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { keptHead } from '../../shared/model/output-cap.ts'
import { metricReport, newMetricLines, pushOutput } from '../../shared/trial/metric-lines.ts'
import type { Report } from '../../shared/trial/report.ts'
import type { Source } from './judge.ts'

/** A part of the output; of a file, bytes [from, to). */
export type OutputPart = Source & { readonly from?: number; readonly to?: number }

/** In the order in which it was printed. `shown`: what is kept of it. */
export function outputParts(attemptFolder: string, shown: Source): readonly OutputPart[] {
  const [middle, whole] = [join(attemptFolder, 'metrics.txt'), join(attemptFolder, 'stdout.txt')]
  if (shown.kind === 'data') return [shown]
  if (existsSync(middle))
    return [
      { ...shown, to: keptHead },
      { kind: 'path', path: middle },
      { ...shown, from: keptHead },
    ]
  return [existsSync(whole) ? { kind: 'path', path: whole } : shown]
}

/** Looked for piece by piece: an output may be long. Null when there is none. */
export async function metricsIn(parts: readonly OutputPart[]): Promise<Report | null> {
  const lines = newMetricLines()
  for (const part of parts) {
    if (part.kind === 'data') pushOutput(lines, part.data.toString('utf8'))
    else {
      const { from: start = 0, to } = part
      const options = { start, encoding: 'utf8', ...(to === undefined ? {} : { end: to - 1 }) } as const
      for await (const text of createReadStream(part.path, options)) pushOutput(lines, text as string)
    }
    // a line that goes on in a part that is not here is whole in the next one
    if (part.kind === 'path' && part.to !== undefined) lines.rest = ''
  }
  return metricReport(lines)
}
