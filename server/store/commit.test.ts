import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JobId } from '../../shared/model/ids.ts'
import { addJobset, finished, oneCore, openScene, type Scene, setId, startAttempt } from './test-scene.ts'

let scene: Scene
let jobs: JobId[]
const job = (n: number): JobId => jobs[n] ?? (0 as JobId)

beforeEach(() => {
  scene = openScene()
  jobs = addJobset(scene, 3)
})
afterEach(() => scene.remove())

const read = (path: string): string => readFileSync(join(scene.folder, 'results', path), 'utf8')
const packs = (): string[] => readdirSync(join(scene.folder, 'packs'))
const committedEvents = (id: JobId): number =>
  scene.db.prepare<[number], number>("SELECT count(*) FROM event WHERE kind = 'committed' AND job = ?").pluck().get(id) ?? -1
const stateOf = (id: JobId): unknown => scene.db.prepare('SELECT state FROM job WHERE id = ?').pluck().get(id)
const locations = (): unknown[] => scene.db.prepare('SELECT location FROM attempt').pluck().all()

test('a finished attempt is committed, lies in a pack at once and in its folder after placement', () => {
  const attempt = startAttempt(scene, job(0), 'a')
  const reply = scene.run('finish', { items: [finished(attempt, 'a')] })
  expect(reply.replies[0]?.verdict).toBe('committed')
  expect(reply.changes).toEqual([{ jobset: 1, job: 1, from: 'running', to: 'succeeded' }])
  expect(locations()).toEqual(['pack:1:0'])
  expect(packs()).toEqual(['1.tar'])
  scene.place()
  expect(read('lab/sweep/job_0/stdout.txt')).toBe(`output of ${attempt}`)
  expect(read('lab/sweep/job_0/sub/result.csv')).toBe('a,b\n1,2\n')
  expect(readdirSync(join(scene.folder, 'results/lab/sweep/job_0')).sort()).toEqual(['empty', 'stdout.txt', 'sub'])
  expect(locations()).toEqual(['folder'])
  expect(packs()).toEqual([])
})

test('a result told twice is committed once', () => {
  const attempt = startAttempt(scene, job(0), 'a')
  scene.run('finish', { items: [finished(attempt, 'a')] })
  expect(scene.run('finish', { items: [finished(attempt, 'a')] }).replies[0]?.verdict).toBe('duplicate')
  expect(committedEvents(job(0))).toBe(1)
})

test('of two attempts of a job the first commit wins, the other is kept beside', () => {
  const first = startAttempt(scene, job(0), 'a')
  scene.run('lose', { attempts: [first], reason: 'silent' })
  const second = startAttempt(scene, job(0), 'b')
  expect(scene.run('finish', { items: [finished(first, 'a')] }).replies[0]?.verdict).toBe('committed')
  expect(scene.run('finish', { items: [finished(second, 'b')] }).replies[0]?.verdict).toBe('superseded')
  scene.place()
  expect(read('lab/sweep/job_0/stdout.txt')).toBe(`output of ${first}`)
  expect(read('lab/sweep/.attempts/job_0/2/stdout.txt')).toBe(`output of ${second}`)
  expect(committedEvents(job(0))).toBe(1)
})

test('a result that arrives after the kill is kept as a cancelled attempt and the job stays cancelled', () => {
  const attempt = startAttempt(scene, job(0), 'a')
  const cancelled = scene.run('cancel', { jobset: setId, jobs: null, by: 'anna' })
  expect(cancelled.live).toEqual([{ attempt, node: 'a' }])
  expect(scene.run('finish', { items: [finished(attempt, 'a')] }).replies[0]?.verdict).toBe('cancelled')
  expect(stateOf(job(0))).toBe('cancelled')
  expect(committedEvents(job(0))).toBe(0)
  scene.place()
  expect(read('lab/sweep/.attempts/job_0/1/stdout.txt')).toContain(attempt)
})

test('cancelling named jobs leaves the others, and an unknown name cancels nothing', () => {
  expect(scene.run('cancel', { jobset: setId, jobs: ['job_0', 'nope'], by: 'anna' }).unknown).toEqual(['nope'])
  expect(stateOf(job(0))).toBe('ready')
  expect(scene.run('cancel', { jobset: setId, jobs: ['job_1'], by: 'anna' }).changes).toHaveLength(1)
  expect([0, 1, 2].map((n) => stateOf(job(n)))).toEqual(['ready', 'cancelled', 'ready'])
})

test('a job whose started attempts were lost five times fails with that reason', () => {
  for (let n = 1; n <= 5; n++) {
    const attempt = startAttempt(scene, job(0), 'a')
    const { changes } = scene.run('lose', { attempts: [attempt], reason: 'the machine went down' })
    expect(changes[0]?.to).toBe(n < 5 ? 'ready' : 'failed')
  }
  expect(committedEvents(job(0))).toBe(1)
  expect(scene.run('claim', { items: [{ attempt: 'f'.repeat(32) as never, job: job(0), node: 'a' as never, grant: oneCore }] })).toEqual([])
})

test('attempts that never started are free of charge', () => {
  for (let n = 0; n < 20; n++) {
    const attempt = (1000 + n).toString(16).padStart(32, '0')
    scene.run('claim', { items: [{ attempt: attempt as never, job: job(0), node: 'a' as never, grant: oneCore }] })
    const lose = n % 2 === 0
    const changes = lose
      ? scene.run('lose', { attempts: [attempt], reason: 'gone' }).changes
      : scene.run('giveBack', { items: [{ attempt, node: 'a', reason: 'draining' }] })
    expect(changes).toMatchObject([{ to: 'ready' }])
  }
  expect(scene.db.prepare('SELECT started, lost FROM job WHERE id = 1').get()).toEqual({ started: 0, lost: 0 })
})

test('only the node that was given an attempt can speak for it, and unknown ids change nothing', () => {
  const attempt = startAttempt(scene, job(0), 'a')
  expect(scene.run('finish', { items: [finished(attempt, 'b')] }).replies[0]?.verdict).toBe('unknown')
  expect(scene.run('finish', { items: [finished('e'.repeat(32), 'a')] }).replies[0]?.verdict).toBe('unknown')
  expect(scene.run('giveBack', { items: [{ attempt, node: 'b', reason: '' }] })).toEqual([])
  expect(stateOf(job(0))).toBe('running')
})

test('a job is claimed once, whoever asks how often', () => {
  const claim = (id: string): unknown[] =>
    scene.run('claim', { items: [{ attempt: id.repeat(32) as never, job: job(0), node: 'a' as never, grant: oneCore }] })
  expect(claim('1')).toHaveLength(1)
  expect(claim('2')).toHaveLength(0)
})

test('a non-zero exit still stores stdout and files as the result of the failed job', () => {
  const attempt = startAttempt(scene, job(0), 'a')
  scene.run('finish', { items: [finished(attempt, 'a', { outcome: { kind: 'failed', exitCode: 201, signal: null } })] })
  scene.place()
  expect(stateOf(job(0))).toBe('failed')
  expect(read('lab/sweep/job_0/stdout.txt')).toBe(`output of ${attempt}`)
})

test('a crash between commit and placement loses nothing: the next start places it', () => {
  const attempt = startAttempt(scene, job(0), 'a')
  scene.run('finish', { items: [finished(attempt, 'a')] })
  scene = scene.crash()
  scene.place()
  expect(read('lab/sweep/job_0/sub/result.csv')).toBe('a,b\n1,2\n')
  expect(locations()).toEqual(['folder'])
  expect(packs()).toEqual([])
})

test('at start a pack is cut after the last result that a row refers to', () => {
  const attempt = startAttempt(scene, job(0), 'a')
  scene.run('finish', { items: [finished(attempt, 'a')] })
  const pack = join(scene.folder, 'packs/1.tar')
  const good = readFileSync(pack).length
  writeFileSync(pack, Buffer.concat([readFileSync(pack), Buffer.alloc(700, 7)]))
  scene = scene.crash()
  expect(readFileSync(pack).length).toBe(good)
})

test('a pack that no row refers to is removed at start, one that is missing or torn stops it with what to do', () => {
  writeFileSync(join(scene.folder, 'packs/77.tar'), 'leftover of a crash before the commit')
  const attempt = startAttempt(scene, job(0), 'a')
  scene.run('finish', { items: [finished(attempt, 'a')] })
  scene = scene.crash()
  expect(packs()).toEqual(['1.tar'])
  truncateSync(join(scene.folder, 'packs/1.tar'), 600)
  expect(() => scene.crash()).toThrow(/damaged/)
  unlinkSync(join(scene.folder, 'packs/1.tar'))
  expect(() => openScene(scene.folder)).toThrow(/damaged/)
  rmSync(scene.folder, { recursive: true })
  scene = openScene()
})

test('a pack whose bytes are not those that were committed stops the start, and is left as it is', () => {
  const attempt = startAttempt(scene, job(0), 'a')
  scene.run('finish', { items: [finished(attempt, 'a')] })
  const pack = join(scene.folder, 'packs/1.tar')
  const good = readFileSync(pack)
  for (const at of [512, good.indexOf('a,b')]) {
    const bad = Buffer.concat([good, Buffer.alloc(700, 7)])
    bad[at] = (bad[at] ?? 0) ^ 1
    writeFileSync(pack, bad)
    expect(() => scene.crash()).toThrow(/damaged/)
    expect(readFileSync(pack).equals(bad)).toBe(true)
  }
  writeFileSync(pack, good)
  scene = openScene(scene.folder)
  // of two packs, too, none is touched when one is damaged
  const other = startAttempt(scene, job(1), 'a')
  scene.run('finish', { items: [finished(other, 'a')] })
  const torn = Buffer.concat([good, Buffer.alloc(700, 7)])
  writeFileSync(pack, torn)
  const second = readFileSync(join(scene.folder, 'packs/2.tar'))
  truncateSync(join(scene.folder, 'packs/2.tar'), 600)
  expect(() => scene.crash()).toThrow(/damaged/)
  expect(readFileSync(pack).equals(torn)).toBe(true)
  writeFileSync(join(scene.folder, 'packs/2.tar'), second)
  scene = openScene(scene.folder)
  scene.place()
  expect(read('lab/sweep/job_0/sub/result.csv')).toBe('a,b\n1,2\n')
})

test('a large result is renamed into its folder; doing it again after a crash changes nothing', () => {
  const attempt = startAttempt(scene, job(0), 'a')
  const incoming = join(scene.folder, 'results/.incoming', attempt)
  mkdirSync(incoming)
  writeFileSync(join(incoming, 'big.bin'), 'big')
  scene.run('finish', { items: [finished(attempt, 'a', { result: { kind: 'incoming', manifest: [] } })] })
  expect(locations()).toEqual(['incoming'])
  scene = scene.crash()
  scene.place()
  expect(read('lab/sweep/job_0/big.bin')).toBe('big')
  expect(existsSync(incoming)).toBe(false)
  expect(locations()).toEqual(['folder'])
})

test('of a group, a request that throws takes no other with it', () => {
  const attempt = startAttempt(scene, job(0), 'a')
  scene.writer.run([
    { id: 501, name: 'no such transition', input: {} },
    { id: 502, name: 'finish', input: { items: [finished(attempt, 'a')] } },
  ])
  const notice = scene.notices.at(-1)
  expect(notice).toMatchObject({
    kind: 'replies',
    broken: false,
    replies: [
      { kind: 'failed', id: 501 },
      { kind: 'done', id: 502 },
    ],
  })
})

test('when the database is full nothing is acknowledged, and the same result is committed once there is room', () => {
  const attempt = startAttempt(scene, job(0), 'a')
  scene.db.pragma(`max_page_count = ${scene.db.pragma('page_count', { simple: true })}`)
  const notices = Array.from({ length: 200 }, (_, i) => `a long notice ${i} ${'x'.repeat(400)}`)
  expect(() => scene.run('finish', { items: [finished(attempt, 'a', { notices })] })).toThrow(/full/)
  expect(stateOf(job(0))).toBe('running')
  scene.db.pragma('max_page_count = 1000000')
  expect(scene.run('finish', { items: [finished(attempt, 'a', { notices })] }).replies[0]?.verdict).toBe('committed')
  scene.place()
  expect(read('lab/sweep/job_0/stdout.txt')).toBe(`output of ${attempt}`)
})

test('a node that comes back with an attempt given up as lost goes on with it, unless the job is done', () => {
  const attempt = startAttempt(scene, job(0), 'a')
  scene.run('lose', { attempts: [attempt], reason: 'silent' })
  const held = [{ attempt, state: 'running' as const, build: false }]
  const back = scene.run('inventory', { node: 'a' as never, held })
  expect(back.held[0]?.answer).toBe('live')
  expect(back.changes).toEqual([{ jobset: 1, job: 1, from: 'ready', to: 'running' }])
  scene.run('lose', { attempts: [attempt], reason: 'silent again' })
  const other = startAttempt(scene, job(0), 'b')
  scene.run('finish', { items: [finished(other, 'b')] })
  expect(scene.run('inventory', { node: 'a' as never, held }).held[0]?.answer).toBe('stop')
})
