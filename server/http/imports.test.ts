// What `dist import` sends: results that were computed elsewhere; repeated, incomplete, hostile, not theirs.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type TestHead, withHead } from './test-support.ts'
import { content, submit, tarOf } from './test-support-drafts.ts'
import { attemptId, claim } from './test-support-results.ts'

const attempt = attemptId(7)
const data = content('a result')
const manifest = [{ kind: 'file', path: 'x', size: data.size, mode: 0o644, sha256: data.sha256 }]

async function withJobset(body: (head: TestHead, token: string) => Promise<void>): Promise<void> {
  await withHead(async (head) => {
    const token = await head.token('user', 'anna')
    await submit(head, token, 2, 'sweep')
    await body(head, token)
  })
}

const put = (head: TestHead, token: string, list: object[] = manifest, id: string = attempt) =>
  head.call('PUT', `/jobsets/1/imports/${id}/manifest`, { token, json: { manifest: list } })
const send = async (head: TestHead, token: string) =>
  head.call('PUT', `/jobsets/1/imports/${attempt}/files`, { token, raw: await tarOf({ ...data, name: 'x' }), type: 'application/x-tar' })
const item = (change: object = {}) => ({
  ...{ attempt, job: 'one', identity: '0'.repeat(64), host: 'slurm:cn1', cores: 1, startedAt: 1, finishedAt: 2 },
  ...{ outcome: { kind: 'succeeded' }, usage: null, notices: [], ...change },
})
const commit = (head: TestHead, token: string, ...items: object[]) => head.call('POST', '/jobsets/1/imports', { token, json: { items } })

test('files that are not here yet are named, and nothing is committed without them', async () => {
  await withJobset(async (head, token) => {
    expect((await put(head, token)).json).toEqual({ missing: ['x'] })
    expect((await commit(head, token, item())).code).toBe('incomplete')
    expect((await send(head, token)).json).toEqual({ missing: [] })
    expect((await put(head, token)).json).toEqual({ missing: [] })
  })
})

test('a result of other inputs, of no job of the jobset, or of one that ended is refused, and its files go', async () => {
  await withJobset(async (head, token) => {
    const incoming = join(head.folder, 'results/.incoming')
    const verdictOf = async (change: object): Promise<unknown> => {
      await put(head, token)
      await send(head, token)
      const { json } = await commit(head, token, item(change))
      expect(readdirSync(incoming)).toEqual([])
      return json
    }
    expect(await verdictOf({})).toEqual({ replies: [{ attempt, verdict: 'different' }] })
    expect(await verdictOf({ job: 'nobody' })).toEqual({ replies: [{ attempt, verdict: 'unknown' }] })
    await head.store.run('cancel', { jobset: 1 as never, jobs: ['one'], by: 'anna' })
    expect(await verdictOf({})).toEqual({ replies: [{ attempt, verdict: 'taken' }] })
  })
})

test('only the owner and administrators bring results, observers and nodes do not', async () => {
  await withJobset(async (head, token) => {
    head.bearers.set('node-bearer', 'node1')
    expect((await put(head, await head.token('user', 'bert'))).code).toBe('forbidden')
    expect((await put(head, await head.token('observer', 'eve'))).code).toBe('forbidden')
    expect((await put(head, 'node-bearer')).code).toBe('forbidden')
    expect((await commit(head, await head.token('user', 'bert'), item())).code).toBe('forbidden')
    expect((await put(head, await head.token('admin', 'root'))).json).toEqual({ missing: ['x'] })
    expect((await put(head, token)).json).toEqual({ missing: ['x'] })
  })
})

test('the id of a node’s attempt is no way to write into it', async () => {
  await withJobset(async (head, token) => {
    await claim(head, 1, attempt)
    expect((await put(head, token)).json).toEqual({ missing: [] })
    expect((await send(head, token)).code).toBe('superseded')
    expect((await commit(head, token, item())).json).toEqual({ replies: [{ attempt, verdict: 'duplicate' }] })
    await submit(head, await head.token('user', 'bert'), 1, 'other')
    const elsewhere = head.call('PUT', `/jobsets/2/imports/${attempt}/manifest`, {
      token: await head.token('user', 'bert'),
      json: { manifest },
    })
    expect((await elsewhere).code).toBe('forbidden')
    expect(existsSync(join(head.folder, 'results/.incoming', attempt))).toBe(false)
  })
})

test.each(['../up', '/etc/x', 'a/../../b', 'a//b', '', 'a\\b'])('a manifest with the path %j is refused', async (path) => {
  await withJobset(async (head, token) => {
    expect((await put(head, token, [{ ...manifest[0], path }])).code).toBe('bad_path')
  })
})
