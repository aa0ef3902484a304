// A search with trials that ended in every way, for screens and tests: a network that is tuned, beside the jobsets of scene.ts.
import type { TrialReply } from '../../shared/api/types.ts'
import { float, int, type Params, text } from '../../shared/model/value.ts'
import type { FakeHead } from './fake-head.ts'
import { addSearch, type FakeSearch, reported, trialReply } from './fake-searches.ts'
import { jobsetReply, noCounts } from './fake-state.ts'
import { now } from './scene.ts'

const paramsOf = (g: number, n: number): TrialReply['params'] => {
  const params: Params = [
    ['nmda.PYR->BC', float(1e-3 + g / 1e4)],
    ['g', float(g)],
    ['n', int(n)],
    ['x0_x1', { kind: 'tuple', items: [int(n), float(0.5)] }],
    ['mode', text(n % 2 === 0 ? 'fast, rough' : 'slow')],
  ]
  return params as TrialReply['params']
}

const ended = (trial: number) => ({ startedAt: now - 80_000 + trial * 1000, finishedAt: now - 70_000 + trial * 1000, ended: trial + 1 })
const failed = { attempts: 1, node: 'lab2', exitCode: 1 }

const trials: readonly TrialReply[] = [
  reported(0, [12.5], '{"loss": 12.50, "rate": 3.0, "spikes": [1, 2]}', { ...ended(0), params: paramsOf(0.123456789, 1) }),
  reported(1, [3.25], '{"loss": 3.25, "rate": 4.5}', { ...ended(1), params: paramsOf(0.5, 2) }),
  trialReply(2, { ...ended(2), ...failed, state: 'failed', params: paramsOf(0.9, 3), reason: 'exit code 1 and no report' }),
  reported(3, [0.03125], '{"loss": 0.03125, "rate": 5.25}', {
    ...{ ...ended(3), params: paramsOf(0.61, 4), node: 'workstation-of-the-second-floor', exitCode: 1 },
    warning: 'it reported, and then ended with exit code 1',
  }),
  trialReply(4, {
    ...{ ...ended(4), ...failed, state: 'bad_metric', params: paramsOf(0.99, 5), exitCode: 0 },
    report: { source: 'results', text: '{"loss": NaN, "rate": 0}' },
    reason: 'loss is "NaN", which is no finite number',
  }),
  reported(5, [0.75], '{"loss": 0.75, "rate": 5.0}', { ...ended(5), params: paramsOf(0.7, 4) }),
  trialReply(6, { state: 'running', params: paramsOf(0.62, 4), node: 'lab1', attempts: 1, startedAt: now - 12_000 }),
  trialReply(7, { state: 'queued', params: paramsOf(0.58, 3) }),
  trialReply(8, { state: 'asked', params: null }),
]

/** `anna/ca3_tune`, 6 of 27 trials done. */
export function addSearchScene({ state }: FakeHead): FakeSearch {
  const id = 6
  const glance = { total: 27, ended: 6, reported: 4, metrics: ['loss'], best: { label: 'search_00003', values: [0.03125] } }
  const counts = { ...noCounts, ready: 2, running: 1, succeeded: 4, failed: 2 }
  state.jobsets.push(jobsetReply({ id, batch: 'ca3_tune', jobs: 27, counts, submittedAt: now - 80_000, search: glance }))
  return addSearch(state, id, trials, { total: 27 })
}

/** `anna/two_aims`: two metrics, done. */
export function addFrontScene({ state }: FakeHead): FakeSearch {
  const id = 7
  state.jobsets.push(
    jobsetReply({
      ...{ id, batch: 'two_aims', state: 'succeeded', jobs: 12, counts: { ...noCounts, succeeded: 12 }, finishedAt: now - 10_000 },
      search: { total: 12, ended: 12, reported: 12, metrics: ['f1', 'f2'], best: { label: 'search_00000', values: [0, 4] } },
    }),
  )
  const all = Array.from({ length: 12 }, (_, i) => {
    const x = ((i * 7) % 12) / 4
    const values = [x ** 2, (x - 2) ** 2]
    return reported(i, values, JSON.stringify({ f1: values[0], f2: values[1] }), { params: [['x', { kind: 'float', value: x }]] })
  })
  const metrics: FakeSearch['reply']['metrics'] = [
    { name: 'f1', mode: 'min' },
    { name: 'f2', mode: 'min' },
  ]
  const search = addSearch(state, id, all, { metrics, algorithm: 'lhs' })
  search.space = [{ name: 'x', domain: { kind: 'float', low: 0, high: 3, log: false, step: null } }]
  return search
}
