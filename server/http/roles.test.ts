// What each role is refused: the whole contract table, every route with every role, without a token and with garbage.
import { expect, test } from 'vitest'
import { routes } from '../../shared/api/routes.ts'
import { roles } from '../../shared/model/role.ts'
import type { Route } from './deps.ts'
import { type TestHead, withHead } from './test-support.ts'

const filled: Readonly<Record<string, string>> = {
  draft: '0'.repeat(32),
  attempt: '0'.repeat(32),
  sha256: '0'.repeat(64),
  id: 'x',
  jobset: '1',
  job: '1',
}

function request(head: TestHead, route: Route, token: string | null) {
  const path = route.path.replace(/:([a-z0-9]+)/g, (_, name: string) => filled[name] ?? '').replace('*', 'a')
  // an event stream has no end: its answer to an unreadable query is enough here
  const query = route.replyStream === 'text/event-stream' ? '?after=x' : ''
  const body = route.stream === undefined ? (route.body === undefined ? {} : { json: {} }) : { raw: 'x', type: route.stream }
  return head.call(route.method, path + query, { token, ...body })
}

test('every route answers 401 without a token, with garbage and with a revoked token, but for enroll', async () => {
  await withHead(async (head) => {
    const revoked = await head.token('admin', 'gone')
    head.store.db.prepare("UPDATE token SET revoked_at = 1 WHERE name = 'gone'").run()
    for (const [name, route] of Object.entries<Route>(routes)) {
      for (const token of [null, 'garbage', 'dist_garbage', '', revoked]) {
        const answer = await request(head, route, token)
        const open = route.roles === null
        expect([name, token === null, answer.status === 401]).toEqual([name, token === null, !open])
        if (!open) expect(answer.code).toBe('unauthenticated')
      }
    }
  })
})

test('every route refuses every role that it does not name with 403, and no other', async () => {
  await withHead(async (head) => {
    const tokens = {
      admin: await head.token('admin'),
      user: await head.token('user'),
      observer: await head.token('observer'),
      node: 'bearer-of-a-node',
    }
    head.bearers.set(tokens.node, 'node1')
    const refused: Record<string, number> = {}
    for (const [name, route] of Object.entries<Route>(routes)) {
      for (const role of roles) {
        const answer = await request(head, route, tokens[role])
        const allowed = route.roles === null || route.roles.includes(role)
        expect([name, role, answer.code === 'forbidden']).toEqual([name, role, !allowed])
        expect([name, role, answer.status !== 401]).toEqual([name, role, true])
        expect([name, role, answer.status < 500]).toEqual([name, role, true])
        if (!allowed) refused[role] = (refused[role] ?? 0) + 1
      }
    }
    expect(Object.keys(refused).sort()).toEqual(['admin', 'node', 'observer', 'user'])
    expect(head.errors).toEqual([])
  })
})

test('an unknown path answers 401 without a token and 404 with one', async () => {
  await withHead(async (head) => {
    const token = await head.token('observer')
    for (const path of ['/nothing', '/jobsets/1/nothing', '/../x', '/%zz']) {
      expect((await head.call('GET', path)).status, path).toBe(401)
      expect((await head.call('GET', path, { token })).status, path).toBeGreaterThanOrEqual(400)
    }
    expect((await head.call('GET', '/nothing', { token })).code).toBe('not_found')
    expect((await head.call('POST', '/status', { token })).code).toBe('not_found')
    expect((await fetch(`${head.url}/`)).status).toBe(401)
  })
})

test('a revoked token ends the event streams that were opened with it', async () => {
  await withHead(async (head) => {
    const admin = await head.token('admin')
    const watcher = await head.token('observer', 'watcher')
    const stream = await fetch(`${head.url}/api/v1/events`, { headers: { authorization: `Bearer ${watcher}` } })
    const reader = stream.body?.getReader()
    await reader?.read()
    const list = await head.call('GET', '/tokens', { token: admin })
    const { id } = (list.json['tokens'] as { id: string; name: string }[]).find(({ name }) => name === 'watcher') ?? { id: '' }
    expect((await head.call('DELETE', `/tokens/${id}`, { token: admin })).status).toBe(200)
    const end = await reader?.read().then(
      ({ done }) => done,
      () => true,
    )
    expect(end).toBe(true)
    expect((await head.call('GET', '/status', { token: watcher })).status).toBe(401)
  })
})
