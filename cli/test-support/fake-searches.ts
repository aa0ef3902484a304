// What the fake head answers about searches, and builders for them. It changes what it shows, as a head would.
import type { SearchReply, TrialReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { SearchParam } from '../../shared/model/domain.ts'
import { trialKinds } from '../../shared/model/trial.ts'
import { best, type Scored, withFront } from '../../shared/search/best.ts'
import { trialLabel } from '../../shared/search/names.ts'
import type { FakeReply, FakeRequest } from './fake-head.ts'
import type { FakeState } from './fake-state.ts'

export interface FakeSearch {
  reply: SearchReply
  trials: TrialReply[]
  space: readonly SearchParam[]
  /** what was asked for */
  readonly asked: { extended: number; stopped: 'no' | 'wait' | 'cancel'; retried: number }
}

/** Null for a route that is not about searches. */
export function searchAnswers(state: FakeState, route: string, { params, query, body }: FakeRequest): FakeReply | null {
  if (!['search', 'trials', 'searchSpace', 'extendSearch', 'stopSearch', 'retryTrials'].includes(route)) return null
  const search = state.searches.get(Number(params['jobset']))
  if (search === undefined) throw new DistError('no_search', 'that jobset has no search', { hint: 'see its jobs with: dist jobs' })
  switch (route) {
    case 'trials':
      return { json: page(search.trials, query) }
    case 'searchSpace':
      return { json: { params: search.space } }
    case 'extendSearch': {
      const { samples } = body as { samples: number }
      search.asked.extended += samples
      search.reply = { ...search.reply, state: 'open', reason: null, total: search.reply.total + samples }
      break
    }
    case 'stopSearch':
      search.asked.stopped = (body as { cancel: boolean }).cancel ? 'cancel' : 'wait'
      search.reply = { ...search.reply, state: search.reply.open > 0 ? 'closing' : 'done', reason: 'stopped' }
      break
    case 'retryTrials':
      search.asked.retried = search.trials.filter((trial) => trial.ended !== null && trial.state !== 'reported').length
      return { json: { trials: search.asked.retried } }
  }
  return { json: search.reply }
}

function page(all: readonly TrialReply[], query: FakeRequest['query']) {
  const since = query['since'] === undefined ? null : Number(query['since'])
  const ended = (trial: TrialReply): number => trial.ended ?? -1
  const wanted =
    since === null
      ? all.filter(({ trial }) => trial > Number(query['after']))
      : all.filter((trial) => ended(trial) > since).toSorted((a, b) => ended(a) - ended(b))
  const trials = wanted.slice(0, Number(query['limit']))
  return { trials, more: trials.length < wanted.length }
}

export function trialReply(trial: number, fields: Partial<TrialReply> = {}): TrialReply {
  return {
    trial,
    label: trialLabel('search', trial),
    state: 'queued',
    params: [],
    values: null,
    report: null,
    warning: null,
    reason: null,
    node: null,
    attempts: 0,
    exitCode: null,
    startedAt: null,
    finishedAt: null,
    ended: null,
    ...fields,
  }
}

/** A trial that reported `text` with these values. */
export function reported(trial: number, values: readonly number[], text: string, fields: Partial<TrialReply> = {}): TrialReply {
  const startedAt = 1_700_000_000_000 + trial * 1000
  return trialReply(trial, {
    ...{ state: 'reported', values: [...values], report: { source: 'results', text }, node: 'lab1', attempts: 1, exitCode: 0 },
    ...{ startedAt, finishedAt: startedAt + 1500, ended: trial + 1 },
    ...fields,
  })
}

/** The search of a jobset that is there, with counts, best and front as its trials say. */
export function addSearch(
  state: FakeState,
  jobset: number,
  trials: readonly TrialReply[],
  fields: Partial<SearchReply> & { readonly metrics?: SearchReply['metrics'] } = {},
): FakeSearch {
  const { uid, namespace, batch } = state.jobsets.find(({ id }) => id === jobset) ?? { uid: '', namespace: 'anna', batch: 'tune' }
  const metrics = fields.metrics ?? [{ name: 'loss', mode: 'min' }]
  const scored = trials.flatMap(({ trial, values }): Scored[] => (values === null ? [] : [{ trial, values }]))
  const top = scored.reduce<Scored | null>((found, one) => best(found, one, metrics), null)
  const open = trials.filter(({ ended }) => ended === null).length
  const reply: SearchReply = {
    jobset,
    ...{ uid, namespace, batch, label: 'search', algorithm: 'optuna', seed: 7, metrics },
    params: trials.find(({ params }) => (params?.length ?? 0) > 0)?.params?.map(([name]) => name) ?? [],
    ...{ state: open > 0 ? 'open' : 'done', reason: open > 0 ? null : 'complete', problem: null, notices: [], total: trials.length, open },
    counts: Object.fromEntries(
      trialKinds.map((kind) => [kind, trials.filter((trial) => trial.state === kind).length]),
    ) as SearchReply['counts'],
    best: top === null ? null : { trial: top.trial, label: trialLabel('search', top.trial), values: [...top.values] },
    front:
      metrics.length < 2
        ? []
        : scored.reduce<readonly Scored[]>((front, one) => withFront(front, one, metrics), []).map(({ trial }) => trial),
    report: ['path', 'config', 'data'],
    pruneMetadata: true,
    revision: Math.max(0, ...trials.map(({ ended }) => ended ?? 0)),
    ...fields,
  }
  const search: FakeSearch = { reply, trials: [...trials], space: [], asked: { extended: 0, stopped: 'no', retried: 0 } }
  state.searches.set(jobset, search)
  return search
}
