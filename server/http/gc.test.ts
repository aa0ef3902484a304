// gc, retention and quota as routes: what goes is what nothing needs, and nothing goes without a rule.
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type TestHead, withHead } from './test-support.ts'
import { content, draftBody, draftId, jobLine, lines, putJobs, putTar, submit, tarOf } from './test-support-drafts.ts'
import { endedDaysAgo, files, findings, finishedJobset, gc } from './test-support-ops.ts'
import { attemptId, claim, commitSmall, firstJob, placeAll } from './test-support-results.ts'

const nothing = { count: 0, bytes: 0 }
const quiet = {
  line: 'done',
  dry: false,
  results: nothing,
  drafts: nothing,
  inputs: nothing,
  uploads: nothing,
  packs: nothing,
  output: nothing,
}

const rules = (head: TestHead, text: string): void => writeFileSync(join(head.folder, 'head.yaml'), text)
const result = (head: TestHead, n: number, path: string): string => join(head.folder, `results/anna/sweep${n}/one`, path)
const blobOf = (head: TestHead, text: string): string => head.blobs.pathOf(content(text).sha256 as never)

test('a head in order has nothing to remove', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await finishedJobset(head, token, 1)
    expect(await gc(head, token)).toEqual(quiet)
    await placeAll(head)
    expect(await gc(head, token)).toEqual(quiet)
    expect(await findings(head, token)).toEqual([])
  })
})

test('inputs of a dropped draft go, those of an open draft and of a jobset stay; --dry only tells', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await finishedJobset(head, token, 1)
    for (const [n, text] of [
      [2, 'print("dropped")'],
      [3, 'print("open")'],
    ] as const) {
      const script = content(text)
      await head.call('POST', '/drafts', { token, json: draftBody(draftId(n), { batch: `draft${n}` }) })
      await putJobs(head, token, draftId(n), lines(jobLine('one', script)))
      await putTar(head, token, draftId(n), await tarOf(script))
    }
    await head.call('DELETE', `/drafts/${draftId(2)}`, { token })
    const inputs = { count: 1, bytes: 'print("dropped")'.length }
    expect(await gc(head, token, true)).toEqual({ ...quiet, dry: true, inputs })
    expect(existsSync(blobOf(head, 'print("dropped")'))).toBe(true)
    expect(await gc(head, token)).toEqual({ ...quiet, inputs })
    expect(existsSync(blobOf(head, 'print("dropped")'))).toBe(false)
    expect(existsSync(blobOf(head, 'print("open")'))).toBe(true)
    expect(existsSync(blobOf(head, 'print(1)'))).toBe(true)
    expect(await findings(head, token)).toEqual([])
  })
})

test('a content that comes in again while its row goes is not taken away', async () => {
  await withHead(async (head) => {
    const sha256 = content('again').sha256 as never
    const path = head.blobs.temporaryPath('x')
    writeFileSync(path, 'again')
    head.blobs.adopt(path, sha256)
    // its row is not written yet, or was removed a moment ago
    expect(head.blobs.remove(sha256)).toBe(false)
    expect(existsSync(head.blobs.pathOf(sha256))).toBe(true)
    head.blobs.recorded([{ sha256 }])
    expect(head.blobs.remove(sha256)).toBe(true)
  })
})

test('uploads of nothing known, old strays, packs without a result and live output of what is over go', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await finishedJobset(head, token, 1)
    await placeAll(head)
    const stranger = join(head.folder, 'results/.incoming', attemptId(99))
    mkdirSync(stranger)
    writeFileSync(join(stranger, 'big.bin'), 'x'.repeat(1000))
    for (const pack of [7, 8]) writeFileSync(join(head.folder, 'packs', `${pack}.tar`), 'x'.repeat(512))
    head.logs.append(attemptId(1), 0, Buffer.from('late'))
    const stray = blobOf(head, 'stray')
    mkdirSync(join(stray, '..'), { recursive: true })
    writeFileSync(stray, 'stray')
    writeFileSync(head.blobs.partialPath('anna', content('large').sha256 as never), 'lar')
    expect(await gc(head, token)).toMatchObject({
      uploads: nothing,
      inputs: nothing,
      packs: { count: 1, bytes: 512 },
      output: { count: 1, bytes: 4 },
    })
    expect(readdirSync(join(head.folder, 'packs'))).toEqual(['8.tar'])
    // what is a day old belongs to nothing that is going on
    head.time += 25 * 3600_000
    expect(await gc(head, token)).toMatchObject({ uploads: { count: 2, bytes: 1003 }, inputs: { count: 1, bytes: 5 } })
    expect(existsSync(stranger)).toBe(false)
    expect(existsSync(stray)).toBe(false)
  })
})

test('what a node began to send goes a day after the attempt was lost, and stays while it runs', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await submit(head, token, 1, 'sweep')
    const attempt = attemptId(5)
    await claim(head, firstJob(head, 1), attempt)
    const upload = join(head.folder, 'results/.incoming', attempt)
    mkdirSync(upload)
    writeFileSync(join(upload, 'big.bin'), 'x'.repeat(1000))
    head.time += 25 * 3600_000
    expect(await gc(head, token)).toMatchObject({ uploads: nothing })
    await head.store.run('lose', { attempts: [attempt], reason: 'its node was not heard of' })
    expect(await gc(head, token)).toMatchObject({ uploads: { count: 1, bytes: 1000 } })
    expect(existsSync(upload)).toBe(false)
  })
})

test('without a rule results stay for ever', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await finishedJobset(head, token, 1)
    await placeAll(head)
    endedDaysAgo(head, 1, 10_000)
    expect(await gc(head, token)).toEqual(quiet)
    expect(existsSync(result(head, 1, 'stdout.txt'))).toBe(true)
  })
})

test('retention removes results of jobsets that ended long ago, leaves what people put there, and says so to whoever asks', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    for (const n of [1, 2, 3]) await finishedJobset(head, token, n)
    await placeAll(head)
    endedDaysAgo(head, 1, 31)
    endedDaysAgo(head, 2, 29)
    writeFileSync(result(head, 1, 'notes.txt'), 'mine')
    rules(head, 'retention: {days: 30}\n')
    const bytes = Object.values(files).join('').length
    expect(await gc(head, token, true)).toMatchObject({ results: { count: 1, bytes } })
    expect(existsSync(result(head, 1, 'stdout.txt'))).toBe(true)
    expect(await gc(head, token)).toMatchObject({ results: { count: 1, bytes } })
    expect(readdirSync(join(head.folder, 'results/anna/sweep1/one'))).toEqual(['notes.txt'])
    // the third is active still, whatever its age
    for (const n of [2, 3]) expect(readFileSync(result(head, n, 'stdout.txt'), 'utf8')).toBe('hello\n')
    expect((await head.call('GET', '/jobsets/1/results', { token })).json).toMatchObject({
      results: [{ name: 'one', removed: true, manifest: [] }],
    })
    expect(await head.call('GET', '/jobs/1/files/stdout.txt', { token })).toMatchObject({
      status: 404,
      message: expect.stringContaining('was removed'),
    })
    expect((await head.call('GET', '/jobs/1/log', { token })).message).toContain('was removed')
    expect(await gc(head, token)).toMatchObject({ results: nothing })
    expect((await findings(head, token)).map(({ kind, path }) => `${kind} ${path}`)).toEqual(['extra results/anna/sweep1/one'])
  })
})

test('attempts_only leaves the results of jobs', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await submit(head, token, 1, 'sweep1')
    for (const n of [1, 2]) {
      await claim(head, 1, attemptId(n))
      if (n === 1) head.store.db.prepare("UPDATE job SET state = 'ready', attempt = NULL WHERE id = 1").run()
    }
    await commitSmall(head, attemptId(2), files)
    await commitSmall(head, attemptId(1), files)
    await placeAll(head)
    endedDaysAgo(head, 1, 31)
    rules(head, 'retention: {days: 30, attempts_only: true}\n')
    expect(existsSync(join(head.folder, 'results/anna/sweep1/.attempts/one/2'))).toBe(true)
    expect(await gc(head, token, true)).toMatchObject({ results: { count: 1 } })
    expect(await gc(head, token)).toMatchObject({ results: { count: 1 } })
    expect(existsSync(join(head.folder, 'results/anna/sweep1/.attempts'))).toBe(false)
    expect(existsSync(result(head, 1, 'stdout.txt'))).toBe(true)
  })
})

test('what an active jobset waits for stays', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    for (const n of [1, 2]) await finishedJobset(head, token, n)
    await placeAll(head)
    endedDaysAgo(head, 1, 99)
    head.store.db.prepare('INSERT INTO jobset_after (needs, jobset) VALUES (1, 2)').run()
    rules(head, 'retention: {days: 30}\n')
    expect(await gc(head, token)).toMatchObject({ results: nothing })
    endedDaysAgo(head, 2, 1)
    expect(await gc(head, token)).toMatchObject({ results: { count: 1 } })
  })
})

test('a removal that a crash broke off is gone on with, and a retry in between has to wait', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await finishedJobset(head, token, 1)
    await placeAll(head)
    endedDaysAgo(head, 1, 31)
    rules(head, 'retention: {days: 30}\n')
    head.store.db.prepare("UPDATE job SET state = 'failed' WHERE id = 1").run()
    await head.store.run('removeResults', { items: [{ kind: 'attempt', id: attemptId(1) }], onlyBeside: false })
    await expect(head.store.run('reopen', { jobset: 1 as never, jobs: null, by: 'anna' })).rejects.toThrow(/being removed/)
    expect(await gc(head, token)).toMatchObject({ results: { count: 1 } })
    expect(existsSync(join(head.folder, 'results/anna/sweep1/one'))).toBe(false)
    expect((await head.store.run('reopen', { jobset: 1 as never, jobs: null, by: 'anna' })).changes).toHaveLength(1)
  })
})

test('a jobset that was retried a moment ago keeps what retention was about to take', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await finishedJobset(head, token, 1)
    await placeAll(head)
    const items = [{ kind: 'attempt', id: attemptId(1) }] as const
    expect(await head.store.run('removeResults', { items, onlyBeside: false })).toEqual([])
    endedDaysAgo(head, 1, 31)
    expect(await head.store.run('removeResults', { items, onlyBeside: true })).toEqual([])
    expect(await head.store.run('removeResults', { items, onlyBeside: false })).toEqual(items)
  })
})

test('over its quota a namespace is refused new work with what, how much and what to do; until retention made room', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await finishedJobset(head, token, 1)
    await placeAll(head)
    rules(head, 'quota: {anna: 10B, other: 1GiB}\n')
    const add = () => head.call('POST', '/drafts', { token, json: draftBody(draftId(5), { batch: 'more' }) })
    const refused = await add()
    expect(refused).toMatchObject({ status: 403, code: 'over_quota' })
    expect(refused.message).toMatch(/anna is over its quota: its results take 12 ?B of 10 ?B/)
    expect(head.store.db.prepare('SELECT count(*) FROM draft').pluck().get()).toBe(0)
    // the same request again after its jobset was made is no new work
    expect((await head.call('POST', '/drafts', { token, json: draftBody(draftId(1), { batch: 'sweep1' }) })).json).toMatchObject({
      state: 'committed',
    })
    expect((await head.call('POST', '/drafts', { token, json: draftBody(draftId(6), { batch: 'x', namespace: 'free' }) })).status).toBe(201)
    endedDaysAgo(head, 1, 31)
    rules(head, 'quota: {anna: 10B}\nretention: {days: 30}\n')
    await gc(head, token)
    expect((await add()).status).toBe(201)
  })
})

test('a head.yaml that became wrong keeps what was there before, and is told', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    await finishedJobset(head, token, 1)
    rules(head, 'quota: {anna: 1B}\n')
    const add = (n: number) => head.call('POST', '/drafts', { token, json: draftBody(draftId(n), { batch: `more${n}` }) })
    expect((await add(5)).code).toBe('over_quota')
    rules(head, 'quota: {anna: lots}\n')
    utimesSync(join(head.folder, 'head.yaml'), 1, 1)
    expect((await add(6)).code).toBe('over_quota')
    expect(head.errors.join()).toMatch(/head\.yaml:1:15: quota\.anna: expected an amount of bytes/)
  })
})
