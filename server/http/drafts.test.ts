import { readFileSync, rmSync, utimesSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sha256 } from '../../shared/files/digest.ts'
import { startHead, type TestHead, tempFolder, withHead } from './test-support.ts'
import { content, draftBody, draftId, file, jobLine, lines, putJobs, putPiece, putTar, submit, tarOf } from './test-support-drafts.ts'

test('a submission survives a restart of the head between any two steps', async () => {
  const folder = tempFolder()
  const script = content('print("job")')
  const build = content('print("build")')
  const large = content('x'.repeat(100_000))
  const draft = draftId(7)
  let head = await startHead(folder)
  const token = await head.token('user', 'anna')
  const steps: ((on: TestHead) => Promise<void>)[] = [
    async (on) => {
      const answer = await on.call('POST', '/drafts', { token, json: draftBody(draft, { jobs: 2, build }) })
      expect([answer.status, answer.json]).toEqual([201, { draft, state: 'open', jobset: null }])
    },
    async (on) => {
      const body = lines(jobLine('a', script, [file('input.json', large)]), jobLine('b', script))
      expect((await putJobs(on, token, draft, body)).json).toEqual({ jobs: 2 })
    },
    async (on) => {
      const answer = await on.call('GET', `/drafts/${draft}/missing`, { token })
      const expected = [script, build, large].map((blob) => ({ sha256: blob.sha256, size: blob.size, have: 0 }))
      expect(answer.json['missing']).toEqual(expected.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1)))
    },
    async (on) => expect((await putTar(on, token, draft, await tarOf(script, build))).json).toEqual({ stored: 2 }),
    async (on) =>
      expect((await putPiece(on, token, draft, large.sha256, 0, large.data.subarray(0, 40_000))).json).toEqual({
        have: 40_000,
        whole: false,
      }),
    async (on) => {
      const answer = await on.call('GET', `/drafts/${draft}/missing`, { token })
      expect(answer.json['missing']).toEqual([{ sha256: large.sha256, size: 100_000, have: 40_000 }])
      expect((await on.call('POST', `/drafts/${draft}/commit`, { token })).code).toBe('incomplete')
    },
    async (on) =>
      expect((await putPiece(on, token, draft, large.sha256, 40_000, large.data.subarray(40_000))).json).toEqual({
        have: 100_000,
        whole: true,
      }),
    async (on) => {
      const answer = await on.call('POST', `/drafts/${draft}/commit`, { token })
      expect([answer.status, answer.json['batch'], answer.json['jobs'], answer.json['owner']]).toEqual([201, 'sweep', 2, 'anna'])
      expect(on.submitted).toEqual([1])
    },
    async (on) => {
      const again = await on.call('POST', `/drafts/${draft}/commit`, { token })
      expect([again.status, again.json['id']]).toEqual([201, 1])
      const resent = await on.call('POST', '/drafts', { token, json: draftBody(draft, { jobs: 2, build }) })
      expect(resent.json).toEqual({ draft, state: 'committed', jobset: 1 })
      expect(on.submitted).toEqual([])
    },
  ]
  for (const step of steps) {
    await step(head)
    await head.close()
    head = await startHead(folder)
  }
  const db = head.store.db
  expect(db.prepare('SELECT id, jobset, name, state FROM job').all()).toEqual([
    { id: 1, jobset: 1, name: 'a', state: 'ready' },
    { id: 2, jobset: 1, name: 'b', state: 'ready' },
  ])
  const spec = JSON.parse(db.prepare('SELECT spec FROM job_spec WHERE job = 1').pluck().get() as string) as object
  expect(spec).toEqual(jobLine('a', script, [file('input.json', large)]))
  expect(db.prepare('SELECT count(*) FROM jobset_blob').pluck().get()).toBe(3)
  expect(
    db.prepare('SELECT (SELECT count(*) FROM draft) + (SELECT count(*) FROM draft_job) + (SELECT count(*) FROM draft_blob)').pluck().get(),
  ).toBe(0)
  expect(db.prepare("SELECT count(*) FROM event WHERE kind = 'jobset_added'").pluck().get()).toBe(1)
  for (const blob of [script, build, large]) expect(sha256(readFileSync(head.blobs.pathOf(sha256(blob.data))))).toBe(blob.sha256)
  await head.close()
  rmSync(folder, { recursive: true })
})

test('a second jobset of the same name is refused when its draft opens, with what is there', async () => {
  await withHead(async (head) => {
    const token = await head.token('user', 'anna')
    await submit(head, token, 1, 'sweep')
    const answer = await head.call('POST', '/drafts', { token: await head.token('user', 'bob'), json: draftBody(draftId(2)) })
    expect(answer.status).toBe(409)
    expect(answer.message).toMatch(/^anna\/sweep is here already: active, 1 job \(1 ready\), submitted by anna at \d{4}-\d\d-\d\dT[\d:]+Z$/)
    expect(head.store.db.prepare('SELECT count(*) FROM draft').pluck().get()).toBe(0)
  })
})

test('of two drafts of the same name the first commit wins and the other is told so', async () => {
  await withHead(async (head) => {
    const token = await head.token('user', 'anna')
    const script = content('print()')
    for (const n of [1, 2]) {
      expect((await head.call('POST', '/drafts', { token, json: draftBody(draftId(n)) })).status).toBe(201)
      await putJobs(head, token, draftId(n), lines(jobLine('one', script)))
    }
    await putTar(head, token, draftId(1), await tarOf(script))
    expect((await head.call('POST', `/drafts/${draftId(2)}/commit`, { token })).status).toBe(201)
    const late = await head.call('POST', `/drafts/${draftId(1)}/commit`, { token })
    expect([late.code, late.message.startsWith('anna/sweep is here already')]).toEqual(['exists', true])
  })
})

test('nobody but its owner and an administrator touches a draft', async () => {
  await withHead(async (head) => {
    const anna = await head.token('user', 'anna')
    const bob = await head.token('user', 'bob')
    const draft = draftId(1)
    const script = content('print()')
    await head.call('POST', '/drafts', { token: anna, json: draftBody(draft) })
    expect((await head.call('POST', '/drafts', { token: bob, json: draftBody(draft) })).status).toBe(400)
    expect((await putJobs(head, bob, draft, lines(jobLine('one', script)))).code).toBe('forbidden')
    expect((await head.call('GET', `/drafts/${draft}/missing`, { token: bob })).code).toBe('forbidden')
    expect((await putTar(head, bob, draft, await tarOf(script))).code).toBe('forbidden')
    expect((await putPiece(head, bob, draft, script.sha256, 0, script.data)).code).toBe('forbidden')
    expect((await head.call('POST', `/drafts/${draft}/commit`, { token: bob })).code).toBe('forbidden')
    expect((await head.call('DELETE', `/drafts/${draft}`, { token: bob })).code).toBe('forbidden')
    expect((await head.call('DELETE', `/drafts/${draft}`, { token: await head.token('admin') })).status).toBe(200)
  })
})

test('a user kills only what is theirs, an administrator everything', async () => {
  await withHead(async (head) => {
    const anna = await head.token('user', 'anna')
    const id = await submit(head, anna, 1, 'sweep')
    const kill = async (token: string) => (await head.call('POST', `/jobsets/${id}/kill`, { token, json: { jobs: ['one'] } })).status
    expect(await kill(await head.token('user', 'bob'))).toBe(403)
    expect(head.kills).toEqual([])
    expect(await kill(anna)).toBe(200)
    expect(await kill(await head.token('admin', 'root'))).toBe(200)
    expect(head.kills.map(({ by }) => by)).toEqual(['anna', 'root'])
  })
})

test('jobs sent again replace those sent before', async () => {
  await withHead(async (head) => {
    const token = await head.token('user')
    const draft = draftId(1)
    const [first, second] = [content('1'), content('2')]
    await head.call('POST', '/drafts', { token, json: draftBody(draft, { jobs: 2, build: content('b') }) })
    await putJobs(head, token, draft, lines(jobLine('a', first), jobLine('b', first)))
    await putJobs(head, token, draft, lines(jobLine('c', second), jobLine('d', second)))
    const { missing } = (await head.call('GET', `/drafts/${draft}/missing`, { token })).json as { missing: { sha256: string }[] }
    expect(missing.map((blob) => blob.sha256).sort()).toEqual([second.sha256, content('b').sha256].sort())
    expect(head.store.db.prepare('SELECT name FROM draft_job ORDER BY idx').pluck().all()).toEqual(['c', 'd'])
  })
})

test('what came of a large content serves whoever sends it next, but nobody else', async () => {
  await withHead(async (head) => {
    const [anna, bob] = [await head.token('user', 'anna'), await head.token('user', 'bob')]
    const large = content('large content')
    const missing = async (token: string, draft: string) => (await head.call('GET', `/drafts/${draft}/missing`, { token })).json['missing']
    await head.call('POST', '/drafts', { token: anna, json: draftBody(draftId(1), { batch: 'one', build: large }) })
    await putPiece(head, anna, draftId(1), large.sha256, 0, large.data.subarray(0, 5))
    await head.call('DELETE', `/drafts/${draftId(1)}`, { token: anna })
    await head.call('POST', '/drafts', { token: anna, json: draftBody(draftId(2), { batch: 'two', build: large }) })
    await head.call('POST', '/drafts', { token: bob, json: draftBody(draftId(3), { batch: 'three', build: large }) })
    expect(await missing(anna, draftId(2))).toEqual([{ sha256: large.sha256, size: 13, have: 5 }])
    expect(await missing(bob, draftId(3))).toEqual([{ sha256: large.sha256, size: 13, have: 0 }])
    expect((await putPiece(head, anna, draftId(2), large.sha256, 5, large.data.subarray(5))).json).toEqual({ have: 13, whole: true })
  })
})

test('drafts and pieces that were left for more than a day are gone', async () => {
  const folder = tempFolder()
  let head = await startHead(folder)
  const token = await head.token('user', 'anna')
  const large = content('large content')
  await head.call('POST', '/drafts', { token, json: draftBody(draftId(2), { build: large }) })
  await putPiece(head, token, draftId(2), large.sha256, 0, large.data.subarray(0, 5))
  await head.close()
  head = await startHead(folder)
  expect(head.blobs.partialsOf('anna').size).toBe(1)
  head.store.db.prepare('UPDATE draft SET created_at = created_at - 25 * 3600000').run()
  const old = Date.now() / 1000 - 25 * 3600
  utimesSync(head.blobs.partialPath('anna', sha256(large.data)), old, old)
  await head.close()
  head = await startHead(folder)
  expect(head.blobs.partialsOf('anna').size).toBe(0)
  expect((await head.call('GET', `/drafts/${draftId(2)}/missing`, { token })).code).toBe('not_found')
  await head.close()
  rmSync(folder, { recursive: true })
})
