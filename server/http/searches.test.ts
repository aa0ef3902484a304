// Searches over HTTP: who may, what is refused, what is answered. What they do is tested in server/search.
import { expect, test } from 'vitest'
import { defaultOptions } from '../../shared/model/options.ts'
import { type TestHead, withHead } from './test-support.ts'
import { draftBody, submit } from './test-support-drafts.ts'

const id = (n: number): string => n.toString(16).padStart(32, '0')
const oneCore = { cores: { min: 1, max: 1 }, memory: null, gpus: 0, disk: null }
const search = {
  ...{
    label: 'tune',
    command: './solve {{x}}',
    script: null,
    setup: null,
    workdir: null,
    jobType: 'sh',
    scheduler: null,
    commType: 'auto',
  },
  params: [
    { name: 'x', domain: { kind: 'grid', values: { kind: 'range', start: 0, step: 1, count: 4 } } },
    { name: 't', domain: { kind: 'constant', value: { kind: 'map', entries: [['a', { kind: 'list', items: [{ kind: 'null' }] }]] } } },
  ],
  ...{ points: [], algorithm: 'grid', algorithmConfig: {}, metrics: [{ name: 'loss', mode: 'min' }], numSamples: 2, maxConcurrent: 3 },
  ...{ batch: false, seed: null, onFailure: { kind: 'skip' }, batchtk: { delimiter: 'auto', keys: [['saveFolder', 'folder']] } },
  ...{ report: ['path', 'config', 'data'], pruneMetadata: true, options: { ...defaultOptions, demand: oneCore } },
}

function body(n: number, change: object = {}, more: object = {}) {
  const draft = draftBody(id(n), { jobs: 0 })
  return { ...draft, ...more, spec: { ...draft.spec, kind: 'shell', search: { ...search, ...change } } }
}

async function added(head: TestHead, token: string): Promise<void> {
  const open = await head.call('POST', '/drafts', { token, json: body(1) })
  expect([open.status, open.message]).toEqual([201, ''])
  const committed = await head.call('POST', `/drafts/${id(1)}/commit`, { token })
  expect(committed.json).toMatchObject({ id: 1, jobs: 0, submitted: { kind: 'new', added: 0 } })
}

test('a search is taken without jobs, and what it says for its trials holds for the jobset', async () => {
  await withHead(async (head) => {
    const token = await head.token('user', 'anna')
    await added(head, token)
    const spec = JSON.parse(head.store.db.prepare('SELECT spec FROM jobset').pluck().get() as string)
    expect(spec).toMatchObject({ search, options: search.options })
    const { seed } = head.store.db.prepare('SELECT seed FROM search').get() as { seed: number }
    expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true)
    expect((await head.call('GET', '/jobsets/1/search', { token })).json).toMatchObject({
      ...{ jobset: 1, label: 'tune', algorithm: 'grid', seed, state: 'open', reason: null, total: 8, open: 0, best: null },
      params: ['x', 't'],
    })
    expect((await head.call('GET', '/jobsets/1/search/space', { token })).json).toEqual({ params: search.params })
    expect((await head.call('GET', '/jobsets/1/search/trials', { token })).json).toEqual({ trials: [], more: false })
  })
})

test('the script that its trials run is asked for like every other content', async () => {
  await withHead(async (head) => {
    const token = await head.token('user', 'anna')
    const script = { name: 'run.py', sha256: 'a'.repeat(64), size: 3, mode: 0o644 }
    const draft = draftBody(id(1), { jobs: 0 })
    const json = { ...draft, spec: { ...draft.spec, search: { ...search, command: null, script } } }
    expect((await head.call('POST', '/drafts', { token, json })).status).toBe(201)
    expect((await head.call('GET', `/drafts/${id(1)}/missing`, { token })).json).toMatchObject({ missing: [{ sha256: script.sha256 }] })
    expect((await head.call('POST', `/drafts/${id(1)}/commit`, { token })).code).toBe('incomplete')
  })
})

test.each([
  ['jobs beside it', body(2, {}, { jobCount: 1 }), /has no jobs of its own/],
  ['a bundle', { ...body(2), spec: { ...body(2).spec, bundle: 'b'.repeat(32) } }, /cannot run elsewhere/],
  ['an extension', body(2, {}, { mode: 'extend' }), /not added to by its file/],
  ['nothing to run', body(2, { command: null }), /does not say what a trial/],
  [
    'a script of a shell jobset',
    body(2, { command: null, script: { name: 'x', sha256: 'a'.repeat(64), size: 1, mode: 420 } }),
    /search.file/,
  ],
  ['a folder that leads out', body(2, { workdir: '../x' }), /search.workdir/],
  ['a label that is no name', body(2, { label: 'a/b' }), /search.label/],
  ['names that overlap', body(2, { params: [...search.params, { name: 'x.y', domain: search.params[0]?.domain }] }), /overlap/],
  ['too many trials', body(2, { numSamples: 1_000_000 }), /4,000,000 trials/],
  ['a domain of no kind', body(2, { params: [{ name: 'x', domain: { kind: 'any' } }] }), /domain/],
  [
    'bounds that are swapped',
    body(2, { params: [{ name: 'x', domain: { kind: 'float', low: 2, high: 1, log: false, step: null } }] }),
    /low is 2 and high is 1/,
  ],
  ['a logarithm of 0', body(2, { params: [{ name: 'x', domain: { kind: 'int', low: 0, high: 1, log: true, step: 1 } }] }), /low above 0/],
  ['nothing to go by', body(2, { algorithm: 'optuna', metrics: [] }), /needs a metric/],
  [
    'too many trials in all rounds',
    body(2, {
      ...{ algorithm: 'halving', algorithmConfig: { budget: 'n', min: 1, max: 8, factor: 2 }, numSamples: 600_000 },
      params: [{ name: 'x', domain: { kind: 'float', low: 0, high: 1, log: false, step: null } }],
    }),
    /1,125,000 trials/,
  ],
  ['halving without a budget', body(2, { algorithm: 'halving' }), /algorithm_config/],
])('a search with %s is refused', async (_, json, message) => {
  await withHead(async (head) => {
    const answer = await head.call('POST', '/drafts', { token: await head.token('user', 'anna'), json })
    expect(answer.status).toBe(400)
    expect(answer.message).toMatch(message)
    expect(head.store.db.prepare('SELECT count(*) FROM draft').pluck().get()).toBe(0)
  })
})

test('its owner steers it, others look; a jobset without one says so', async () => {
  await withHead(async (head) => {
    const [anna, bert, root] = [await head.token('user', 'anna'), await head.token('user', 'bert'), await head.token('admin', 'root')]
    await added(head, anna)
    await submit(head, anna, 2, 'plain')
    const post = (token: string, path: string, json?: object) => head.call('POST', path, { token, ...(json === undefined ? {} : { json }) })
    expect((await post(anna, '/jobsets/1/search/extend', { samples: 5 })).status).toBe(200)
    expect((await post(root, '/jobsets/1/search/stop', { cancel: true })).status).toBe(200)
    expect((await post(anna, '/jobsets/1/search/retry')).json).toEqual({ trials: 1 })
    // the word for all jobsets means its trials
    expect((await post(anna, '/jobsets/1/retry', { jobs: null, unfinished: false })).json).toEqual({ jobset: 1, retried: 1 })
    expect((await post(anna, '/jobsets/1/retry', { jobs: ['tune_00001'], unfinished: false })).code).toBe('bad_request')
    expect(head.ordered).toEqual(['extend 5 anna', 'stop true root', 'retry anna', 'retry anna'])
    for (const [path, json] of [
      ['extend', { samples: 5 }],
      ['stop', { cancel: false }],
      ['retry', undefined],
    ] as const) {
      expect((await post(bert, `/jobsets/1/search/${path}`, json)).code).toBe('forbidden')
      expect((await post(anna, `/jobsets/2/search/${path}`, json)).code).toBe('no_search')
    }
    expect((await head.call('GET', '/jobsets/1/search', { token: bert })).status).toBe(200)
    for (const path of ['', '/space', '/trials']) {
      expect((await head.call('GET', `/jobsets/2/search${path}`, { token: bert })).code).toBe('no_search')
      expect((await head.call('GET', `/jobsets/7/search${path}`, { token: bert })).status).toBe(404)
    }
    expect(head.ordered).toHaveLength(4)
    expect((await post(anna, '/jobsets/1/search/extend', { samples: 0 })).code).toBe('bad_request')
  })
})
