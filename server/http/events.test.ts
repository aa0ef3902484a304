// Server-sent events: resumed, reset, of one jobset, live, heartbeats, slow clients.
import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { EventReads } from '../ports/event-reads.ts'
import { eventStream } from './event-stream.ts'
import { type TestHead, withHead } from './test-support.ts'
import { submit } from './test-support-drafts.ts'

interface Seen {
  readonly id: number
  readonly event: string
  readonly data: { readonly [key: string]: unknown }
}

/** Reads events until `count` came, then hangs up. */
async function follow(
  head: TestHead,
  token: string,
  query: string,
  count: number,
  lastEventId?: string,
  onOpen?: () => Promise<void>,
): Promise<Seen[]> {
  const abort = new AbortController()
  const headers = { authorization: `Bearer ${token}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) }
  const reply = await fetch(`${head.url}/api/v1/events${query}`, { headers, signal: abort.signal })
  expect(reply.headers.get('content-type')).toBe('text/event-stream')
  const seen: Seen[] = []
  let text = ''
  let opened = false
  for await (const chunk of reply.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString()
    if (!opened) {
      opened = true
      await onOpen?.()
    }
    const parts = text.split('\n\n')
    text = parts.pop() ?? ''
    for (const part of parts) {
      const fields = Object.fromEntries(part.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)))
      if (fields['event'] !== undefined) seen.push({ id: Number(fields['id']), event: fields['event'], data: JSON.parse(fields['data']) })
    }
    if (seen.length >= count) break
  }
  abort.abort()
  return seen
}

test('a client that resumes gets every event after its last one, once', async () => {
  await withHead(async (head) => {
    const token = await head.token('user', 'anna')
    for (const n of [1, 2, 3]) await submit(head, token, n, `sweep${n}`)
    const all = await follow(head, token, '?after=0', 4)
    expect(all.map(({ event }) => event)).toEqual(['token_created', 'jobset_added', 'jobset_added', 'jobset_added'])
    const [, first] = all
    expect(await follow(head, token, '?after=0', 2, String(first?.id))).toEqual(all.slice(2))
    expect(first?.data).toMatchObject({ seq: first?.id, jobset: 1, job: null, data: { namespace: 'anna', batch: 'sweep1', jobs: 1 } })
    expect(await follow(head, token, '?after=0&jobset=2', 1)).toEqual([all[2]])
  })
})

test('a client without a position gets what comes from now on', async () => {
  await withHead(async (head) => {
    const token = await head.token('user', 'anna')
    await submit(head, token, 1, 'before')
    const seen = await follow(head, token, '', 1, undefined, async () => void (await submit(head, token, 2, 'after')))
    expect(seen.map(({ data }) => data['jobset'])).toEqual([2])
  })
})

test('a position that is too old, from the future or no number gets a reset', async () => {
  await withHead(async (head) => {
    const token = await head.token('user', 'anna')
    for (const n of [1, 2, 3]) await submit(head, token, n, `sweep${n}`)
    head.store.db.prepare('DELETE FROM event WHERE seq <= 2').run()
    const newest = 4
    for (const id of ['1', '0', '99', 'x']) {
      expect(await follow(head, token, '', 1, id), id).toEqual([{ id: newest, event: 'reset', data: { newest } }])
    }
    expect((await follow(head, token, '', 1, '2'))[0]?.id).toBe(3)
    head.store.db.prepare('DELETE FROM event').run()
    expect((await follow(head, token, '', 1, '3'))[0]?.event).toBe('reset')
  })
})

test('after a restore every earlier position gets a reset, the numbers that only the lost head gave too', async () => {
  await withHead(async (head) => {
    const token = await head.token('user', 'anna')
    for (const n of [1, 2, 3]) await submit(head, token, n, `sweep${n}`)
    await head.store.run('restored', { id: 'backup', takenAt: 1 })
    await submit(head, token, 4, 'later')
    for (const position of ['2', '4', '77']) expect((await follow(head, token, '', 1, position))[0]?.event, position).toBe('reset')
    const newest = (await follow(head, token, '', 1, '0'))[0]?.id ?? 0
    expect(newest).toBeGreaterThan(1_000_000_000)
    // from there on it goes as ever, and what was before can still be read
    expect((await follow(head, token, '', 1, String(newest - 1)))[0]?.event).toBe('jobset_added')
    expect(head.store.db.prepare('SELECT count(*) FROM event WHERE seq <= 4').pluck().get()).toBe(4)
  })
})

test('the end of the head ends the streams', async () => {
  await withHead(async (head) => {
    const token = await head.token('user', 'anna')
    const reply = await fetch(`${head.url}/api/v1/events`, { headers: { authorization: `Bearer ${token}` } })
    const reader = reply.body?.getReader()
    await reader?.read()
    await head.close()
    const ended = await reader?.read().then(
      ({ done }) => done,
      () => true,
    )
    expect(ended).toBe(true)
  })
})

const noEvents: EventReads = { bounds: () => ({ oldest: 0, newest: 0 }), after: () => [] }

test('a quiet stream beats', async () => {
  const abort = new AbortController()
  const options = {
    events: noEvents,
    from: null,
    jobset: null,
    onEvents: () => () => undefined,
    signal: abort.signal,
    heartbeatMs: 5,
    patienceMs: 1000,
  }
  const beats: string[] = []
  for await (const text of eventStream(options)) {
    beats.push(String(text))
    if (beats.length === 3) break
  }
  expect(beats).toEqual([': here\nretry: 2000\n\n', ': beat\n\n', ': beat\n\n'])
  abort.abort()
})

test('a client that does not read is dropped, and nothing listens for it any more', async () => {
  const abort = new AbortController()
  let listening = 0
  const onEvents = () => {
    listening++
    return () => void listening--
  }
  const stream = eventStream({ events: noEvents, from: null, jobset: null, onEvents, signal: abort.signal, heartbeatMs: 1, patienceMs: 20 })
  stream.read(0)
  const [error] = (await once(stream, 'error')) as [Error]
  expect(error.message).toMatch(/does not read/)
  abort.abort()
  await expect.poll(() => listening).toBe(0)
})
