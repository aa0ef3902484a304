// Steering over HTTP: who may, what is written, what is answered.
import { expect, test } from 'vitest'
import { type TestHead, withHead } from './test-support.ts'
import { submit } from './test-support-drafts.ts'
import { attemptId, claim, commitSmall, node } from './test-support-results.ts'

async function withSweep(body: (head: TestHead, token: string) => Promise<void>): Promise<void> {
  await withHead(async (head) => {
    const token = await head.token('user', 'anna')
    await submit(head, token, 1, 'sweep')
    await body(head, token)
  })
}

const events = (head: TestHead, kind: string) =>
  head.store.db
    .prepare<[string], string>('SELECT data FROM event WHERE kind = ?')
    .pluck()
    .all(kind)
    .map((text) => JSON.parse(text) as object)

test('an owner sets the priority, holds and releases; it is in the rows and in the event log, once', async () => {
  await withSweep(async (head, token) => {
    const post = async (path: string, json: object = {}) => (await head.call('POST', `/jobsets/1/${path}`, { token, json })).json
    expect(await post('priority', { priority: 7 })).toEqual({ jobset: 1, priority: 7 })
    expect(await post('priority', { priority: 7 })).toEqual({ jobset: 1, priority: 7 })
    expect(await post('hold')).toEqual({ jobset: 1, held: true })
    expect(await post('hold')).toEqual({ jobset: 1, held: false })
    expect(head.store.db.prepare('SELECT priority, held FROM jobset').get()).toEqual({ priority: 7, held: 'anna' })
    expect(await post('release')).toEqual({ jobset: 1, lifted: true, released: 0 })
    expect(await post('release')).toEqual({ jobset: 1, lifted: false, released: 0 })
    expect(events(head, 'jobset_changed')).toEqual([
      { by: 'anna', priority: 7 },
      { by: 'anna', held: true },
      { by: 'anna', held: false, released: 0 },
    ])
    expect((await head.call('POST', '/jobsets/1/priority', { token, json: { priority: 5000 } })).code).toBe('bad_request')
  })
})

test('nobody steers the jobset of somebody else, but for an administrator', async () => {
  await withSweep(async (head) => {
    const [other, admin] = [await head.token('user', 'bob'), await head.token('admin', 'root')]
    for (const [path, json] of [
      ['priority', { priority: 1 }],
      ['hold', {}],
      ['release', {}],
    ] as const) {
      expect((await head.call('POST', `/jobsets/1/${path}`, { token: other, json })).code).toBe('forbidden')
      expect((await head.call('POST', `/jobsets/1/${path}`, { token: admin, json })).status).toBe(200)
    }
  })
})

test('a node is paused, resumed and cleared', async () => {
  await withSweep(async (head) => {
    const token = await head.token('admin', 'root')
    head.store.db.prepare("INSERT INTO node (id, key, name, joined_at) VALUES (?, 'k', 'lab1', 0)").run(node)
    const post = async (path: string, json: object = {}) => (await head.call('POST', `/nodes/${path}`, { token, json })).json
    expect(await post(`${node}/pause`)).toEqual({ node, until: null })
    expect(JSON.parse(head.store.db.prepare<[], string>('SELECT paused FROM node').pluck().get() ?? '')).toMatchObject({
      by: 'root',
      until: null,
    })
    expect(await post(`${node}/resume`)).toEqual({ node, resumed: true })
    expect(await post(`${node}/resume`)).toEqual({ node, resumed: false })
    expect(await post(`${node}/clear`)).toEqual({ node, cleared: 0 })
    expect((await head.call('POST', '/nodes/nobody/pause', { token, json: {} })).code).toBe('not_found')
    expect(events(head, 'node_changed')).toHaveLength(2)
  })
})

test('attempts of a job are told with node, state and whose result counts', async () => {
  await withSweep(async (head, token) => {
    await claim(head, 1, attemptId(1))
    await commitSmall(head, attemptId(1), { 'a.txt': 'a' })
    const { attempts } = (await head.call('GET', '/jobs/1/attempts', { token })).json as { attempts: object[] }
    expect(attempts).toMatchObject([{ id: attemptId(1), node, committed: true, outcome: { kind: 'succeeded' } }])
    expect((await head.call('GET', '/jobs/9/attempts', { token })).code).toBe('not_found')
  })
})
