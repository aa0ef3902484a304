// Tokens and enrolment over HTTP.
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type TestHead, withHead } from './test-support.ts'

function newKey(type: 'ed25519' | 'x25519' = 'ed25519'): string {
  const { publicKey } = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519')
  return publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
}

async function invite(head: TestHead): Promise<string> {
  const answer = await head.call('POST', '/nodes/invite', { token: await head.token('admin') })
  expect(answer.status).toBe(201)
  const code = answer.json['code'] as string
  expect(answer.json['line']).toBe(`dist-agent --head http://127.0.0.1:2 --join ${code}`)
  return code
}

const enroll = (head: TestHead, code: string, key: string, name = 'lab1') =>
  head.call('POST', '/enroll', { json: { code, key, name, version: '0.1.0' } })

test('a join code makes one node; the same key gets the same answer again, another key is refused', async () => {
  await withHead(async (head) => {
    const code = await invite(head)
    const key = newKey()
    const first = await enroll(head, code, key)
    expect([first.status, first.json['grpc'], first.json['head']]).toEqual([200, '127.0.0.1:1', 'head'])
    expect(first.json['node']).toMatch(/^[0-9a-f]{12}$/)
    expect((await enroll(head, code, key)).json).toEqual(first.json)
    const second = await enroll(head, code, newKey())
    expect([second.status, second.code, second.message]).toEqual([401, 'bad_join_code', 'this join code was used by another node'])
    expect(head.store.db.prepare('SELECT count(*) FROM node').pluck().get()).toBe(1)
    expect(head.store.db.prepare("SELECT count(*) FROM event WHERE kind = 'node_joined'").pluck().get()).toBe(1)
  })
})

test('a join code runs out after 15 minutes unless it was used', async () => {
  await withHead(async (head) => {
    head.time = Date.now() - 15 * 60_000 + 60_000
    const used = await invite(head)
    const key = newKey()
    expect((await enroll(head, used, key)).status).toBe(200)
    head.time = Date.now() - 15 * 60_000 - 1000
    const late = await enroll(head, await invite(head), newKey())
    expect([late.code, late.message]).toEqual(['bad_join_code', 'this join code has run out'])
    head.store.db.prepare('UPDATE invite SET expires_at = 1').run()
    expect((await enroll(head, used, key)).status).toBe(200)
    expect((await enroll(head, 'join_nothing', key)).code).toBe('bad_join_code')
  })
})

test('a taken name gets a number, and a known key keeps its node under a new code', async () => {
  await withHead(async (head) => {
    const key = newKey()
    const first = await enroll(head, await invite(head), key)
    await enroll(head, await invite(head), newKey())
    await enroll(head, await invite(head), newKey())
    expect(head.store.db.prepare('SELECT name FROM node ORDER BY name').pluck().all()).toEqual(['lab1', 'lab1-2', 'lab1-3'])
    expect((await enroll(head, await invite(head), key)).json).toEqual(first.json)
  })
})

test('keys and names that cannot be are refused and use up no code', async () => {
  await withHead(async (head) => {
    const code = await invite(head)
    expect((await enroll(head, code, 'AAAA')).code).toBe('bad_request')
    expect((await enroll(head, code, newKey('x25519'))).code).toBe('bad_request')
    for (const name of ['', '../x', 'a/b', 'a b', '-rf', 'x'.repeat(64)])
      expect((await enroll(head, code, newKey(), name)).code).toBe('bad_request')
    expect((await enroll(head, code, newKey())).status).toBe(200)
  })
})

test('a token is shown once, stored hashed, listed without its secret and revoked', async () => {
  await withHead(async (head) => {
    const admin = await head.token('admin')
    const made = await head.call('POST', '/tokens', { token: admin, json: { name: 'anna', role: 'user' } })
    const secret = made.json['secret'] as string
    expect([made.status, secret]).toEqual([201, expect.stringMatching(/^dist_[\w-]{43}$/)])
    expect((await head.call('GET', '/session', { token: secret })).json).toMatchObject({ name: 'anna', role: 'user', head: { id: 'head' } })
    const list = await head.call('GET', '/tokens', { token: admin })
    expect(list.bytes.includes(secret)).toBe(false)
    expect(list.json['tokens']).toContainEqual({
      id: made.json['id'],
      name: 'anna',
      role: 'user',
      createdAt: expect.any(Number),
      revokedAt: null,
    })
    head.store.db.pragma('wal_checkpoint(TRUNCATE)')
    expect(readFileSync(join(head.folder, 'dist.sqlite')).includes(secret)).toBe(false)
    const id = made.json['id'] as string
    expect((await head.call('DELETE', `/tokens/${id}`, { token: admin })).json['revokedAt']).toEqual(expect.any(Number))
    expect((await head.call('GET', '/session', { token: secret })).status).toBe(401)
    expect((await head.call('DELETE', `/tokens/${id}`, { token: admin })).status).toBe(200)
    expect((await head.call('DELETE', '/tokens/nothing', { token: admin })).code).toBe('not_found')
  })
})
