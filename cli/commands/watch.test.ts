import { expect, test } from 'vitest'
import type { Event } from '../../shared/model/event.ts'
import type { FakeHead } from '../test-support/fake-head.ts'
import { runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
  head.state.addJobset('anna', 'sweep', { job_1: {}, job_2: {} })
})

const watch = (argv: string[], signal?: AbortSignal) =>
  runDist(['watch', ...argv], {
    cwd: folder.path,
    env: { DIST_HEAD: head.url, DIST_TOKEN: head.token, TZ: 'UTC' },
    ...(signal === undefined ? {} : { signal }),
  })

const event = (seq: number, fields: Partial<Event>): Event => ({
  seq,
  at: 1_700_000_000_000 + seq * 1000,
  kind: 'committed',
  jobset: 1,
  job: 99 + seq,
  node: null,
  data: { outcome: { kind: 'succeeded' } },
  ...fields,
})

/** At work until it was asked for so often. */
function activeFor(asks: number): void {
  head.state.change(1, { state: 'active' })
  head.fault = (route, count) => {
    if (route === 'jobset' && count + 1 >= asks) head.state.change(1, { state: 'succeeded' })
    return 'none'
  }
}

test('a jobset that is done is told at once', async () => {
  const run = await watch(['sweep'])
  expect([run.code, run.stdout]).toEqual([0, 'anna/sweep: all 2 jobs succeeded in 1m00s\n'])
})

test('events are told once and in order, though the stream breaks after every one', async () => {
  head.state.events = [event(1, {}), event(2, {}), event(3, { kind: 'jobset_finished', job: null, data: { state: 'succeeded' } })]
  activeFor(99)
  const asked: (number | undefined)[] = []
  head.lies.set('events', ({ query }) => {
    const after = query['after'] as number | undefined
    asked.push(after)
    const next = head.state.events.find(({ seq }) => seq > (after ?? 0))
    // the last one is behind the end of the jobset
    if (next?.seq === 3) head.state.change(1, { state: 'succeeded' })
    const text = next === undefined ? ': beat\n\n' : `id: ${next.seq}\nevent: ${next.kind}\ndata: ${JSON.stringify(next)}\n\n`
    return { bytes: Buffer.from(text) }
  })
  head.fault = () => 'none'
  const run = await watch(['sweep'])
  expect(run.code).toBe(0)
  expect(run.stdout.split('\n').slice(0, 2)).toEqual(['22:13:21  anna/sweep/job_1  succeeded', '22:13:22  anna/sweep/job_2  succeeded'])
  expect(asked).toEqual([undefined, 1, 2])
})

test('with --json it is one object a line, with names', async () => {
  head.state.events = [event(1, {}), event(2, { kind: 'jobset_finished', job: null, data: { state: 'succeeded' } })]
  activeFor(4)
  const run = await watch(['sweep', '--json'])
  expect(run.code).toBe(0)
  expect(
    run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toMatchObject([
    { kind: 'committed', jobset: 'anna/sweep', job: 'job_1' },
    { kind: 'jobset_finished', jobset: 'anna/sweep', job: null },
  ])
})

test('without a name it tells of everything until Ctrl-C, which ends it with 130', async () => {
  head.state.events = [event(1, {})]
  const abort = new AbortController()
  head.fault = (route) => {
    if (route === 'jobs') setTimeout(() => abort.abort(new DOMException('interrupted', 'AbortError')), 50)
    return 'none'
  }
  const run = await watch([], abort.signal)
  expect(run.code).toBe(130)
  expect(run.stdout).toBe('22:13:21  anna/sweep/job_1  succeeded\n')
})

test('a head that has forgotten what came in between says so', async () => {
  activeFor(4)
  head.state.events = [event(1, {})]
  head.lies.set('events', ({ query }) => {
    const text =
      query['after'] === undefined
        ? `id: 1\nevent: committed\ndata: ${JSON.stringify(event(1, {}))}\n\n`
        : 'event: reset\nid: 9\ndata: {"newest": 9}\n\n'
    return { bytes: Buffer.from(text) }
  })
  const run = await watch(['sweep'])
  expect(run.code).toBe(0)
  expect(run.stderr).toContain('has forgotten some events')
})
