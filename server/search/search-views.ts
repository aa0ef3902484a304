// Replies of the search routes, from rows. Pure.
import type { JobsetReply, SearchReply, TrialReply } from '../../shared/api/types.ts'
import type { JobSpec } from '../../shared/model/jobset.ts'
import type { Outcome } from '../../shared/model/outcome.ts'
import type { SearchSpec } from '../../shared/model/search.ts'
import type { TrialEnd } from '../../shared/model/trial.ts'
import type { Params } from '../../shared/model/value.ts'
import { trialLabel } from '../../shared/search/names.ts'
import type { SearchRow, TrialRow } from '../store/reads/searches.ts'

type Of = Pick<JobsetReply, 'id' | 'uid' | 'namespace' | 'batch'>

export function searchReply({ id, uid, namespace, batch }: Of, spec: SearchSpec<unknown>, row: SearchRow): SearchReply {
  const { closing, total, open, counts, best, front, revision } = row.summary
  return {
    jobset: id,
    uid,
    namespace,
    batch,
    label: spec.label,
    algorithm: spec.algorithm,
    seed: row.seed,
    metrics: spec.metrics.map(({ name, mode }) => ({ name, mode })),
    params: spec.params.map(({ name }) => name),
    state: row.done ? 'done' : closing === null ? 'open' : 'closing',
    reason: closing,
    problem: row.problem,
    notices: [...row.notices],
    total,
    open,
    counts: { ...counts },
    best: best === null ? null : { trial: best.trial, label: trialLabel(spec.label, best.trial), values: [...best.values] },
    front: [...front],
    report: [...spec.report],
    pruneMetadata: spec.pruneMetadata,
    revision: Math.max(0, revision),
  }
}

/** An end that the history does not know yet is not told: the search goes on without it until then. */
export function trialReply(label: string, row: TrialRow): TrialReply {
  const end = row.ended === null || row.end === null ? null : (JSON.parse(row.end) as TrialEnd)
  const outcome = row.outcome === null ? null : (JSON.parse(row.outcome) as Outcome)
  const spec = row.spec === null ? null : (JSON.parse(row.spec) as JobSpec)
  const going =
    row.state === null ? 'asked' : row.state === 'waiting' || row.state === 'ready' || row.state === 'claimed' ? 'queued' : 'running'
  return {
    trial: row.number,
    label: trialLabel(label, row.number),
    state: end?.kind ?? going,
    params: spec?.trial === undefined ? null : copy(spec.trial.params),
    values: end?.kind === 'reported' ? [...end.values] : null,
    report: end === null || row.report === null ? null : (JSON.parse(row.report) as TrialReply['report']),
    warning: end?.kind === 'reported' ? end.warning : null,
    reason: end === null || end.kind === 'reported' ? null : end.reason,
    node: row.node,
    attempts: row.started ?? 0,
    exitCode: outcome?.kind === 'succeeded' ? 0 : outcome?.kind === 'failed' ? outcome.exitCode : null,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    ended: row.ended,
  }
}

function copy(params: Params): TrialReply['params'] {
  return params.map(([name, value]) => [name, value])
}
