// How the trial of a job ended, written with whatever made its job final. The search itself learns of it from the row: it
// appends its `ended` event behind this one (advance-search.ts). Jobs that are no trials cost one look at an index.
import type Database from 'better-sqlite3'
import { describeOutcome, type Outcome } from '../../../shared/model/outcome.ts'
import type { Metric } from '../../../shared/model/search.ts'
import type { TrialResult } from '../../../shared/model/trial.ts'
import { judgeTrial } from '../../../shared/trial/trial-end.ts'
import type { SearchProblem } from '../../ports/search-summary.ts'
import { readJobsetSpec } from '../../ports/spec-json.ts'

export interface TrialEnds {
  /** The search of this jobset cannot go on; what was found first stays. Nothing where there is none, or it is done. */
  stop(jobset: number, problem: SearchProblem): void
  end(job: number, result: TrialResult): void
  /** Without a word of its node. */
  endAs(job: number, outcome: Exclude<Outcome, { kind: 'succeeded' }>): void
  /** What a node told, where it fits the search's metrics; else what the outcome means without a report. */
  judged(jobset: number, told: TrialResult | null, outcome: Outcome): TrialResult
}

/** Jobsets whose metrics are kept: their specs may be megabytes. */
const kept = 100

export function trialEnds(db: Database.Database): TrialEnds {
  const write = db.prepare<[string, string | null, number], { jobset: number }>(
    'UPDATE trial SET end = ?, report = ? WHERE job = ? RETURNING jobset',
  )
  const keepProblem = db.prepare('UPDATE search SET problem = ? WHERE jobset = ? AND problem IS NULL AND done = 0')
  const specOf = db.prepare<[number], string>('SELECT spec FROM jobset WHERE id = ?').pluck()
  const known = new Map<number, readonly Metric[]>()

  function metricsOf(jobset: number): readonly Metric[] {
    const found = known.get(jobset)
    if (found !== undefined) return found
    const metrics = readJobsetSpec(specOf.get(jobset) ?? '{}').search?.metrics ?? []
    for (const oldest of known.keys()) {
      if (known.size < kept) break
      known.delete(oldest)
    }
    known.set(jobset, metrics)
    return metrics
  }

  function end(job: number, result: TrialResult): void {
    const row = write.get(JSON.stringify(result.end), result.report === null ? null : JSON.stringify(result.report), job)
    if (row !== undefined && result.broken !== null) stop(row.jobset, result.broken)
  }

  function stop(jobset: number, problem: SearchProblem): void {
    keepProblem.run(JSON.stringify(problem), jobset)
  }

  return {
    stop,
    end,
    endAs: (job, outcome) => end(job, withoutReport(outcome, [])),
    judged(jobset, told, outcome) {
      if (told !== null && (told.end.kind !== 'reported' || told.end.values.length === metricsOf(jobset).length)) return told
      return withoutReport(outcome, metricsOf(jobset))
    },
  }
}

function withoutReport(outcome: Outcome, metrics: readonly Metric[]): TrialResult {
  const { end } = judgeTrial({ outcome, reports: [], params: [], metrics })
  const broken =
    outcome.kind === 'build_failed' ? { message: describeOutcome(outcome), hint: 'dist logs --build shows what it printed' } : null
  return { end, report: null, broken }
}
