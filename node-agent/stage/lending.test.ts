// A build that other jobsets use: found by its key, never removed while lent, known again after a restart of the agent.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AttemptId, JobsetUid, Sha256 } from '../../shared/model/ids.ts'
import { commonPlace } from '../core/place.ts'
import { emptyJobset } from '../core/test-support-node.ts'
import type { JobsetInfo, Work } from '../core/work.ts'
import { buildKey } from './build-key.ts'
import { keepOutput, keptOutput } from './build-output.ts'
import { Places } from './places.ts'
import { Workspaces } from './workspace.ts'

const id = (digit: string): AttemptId => digit.repeat(32) as AttemptId
const script = { name: 'build.py', sha256: 'c'.repeat(64) as Sha256, size: 4, mode: 0o644 }
const facts = { inherited: { PATH: '/bin' }, python: '3.11.2' }
const jobset = (letter: string): JobsetInfo => ({ ...emptyJobset, uid: letter.repeat(16) as JobsetUid, buildFile: script, share: true })
const a = jobset('a')
const b = jobset('b')
const placeA = commonPlace(a.uid)
const placeB = commonPlace(b.uid)
const job = (of: JobsetInfo, slot: number) => ({ kind: 'job', uid: of.uid, slot }) as Extract<Work, { kind: 'job' }>

let root = ''
const open = (): { places: Places; workspaces: Workspaces } => {
  const places = new Places(root, 'overlay')
  return { places, workspaces: new Workspaces(root, places, (path) => rmSync(path, { recursive: true, force: true })) }
}
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dist-lending-'))
  writeFileSync(join(root, 'blob'), 'pass')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('the key is of what goes into a build: everything that may change its outcome, nothing else', () => {
  const key = buildKey(a, facts)
  expect(key).toMatch(/^[0-9a-f]{64}$/)
  expect(buildKey({ ...b, namespace: 'other', packed: true }, facts)).toBe(key)
  expect(buildKey({ ...a, share: false }, facts)).toBeNull()
  const others = [
    buildKey({ ...a, buildFile: { ...script, sha256: 'd'.repeat(64) as Sha256 } }, facts),
    buildKey({ ...a, files: [script] }, facts),
    buildKey({ ...a, source: { kind: 'archive', url: 'u', sha256: 'e'.repeat(64) as Sha256 } }, facts),
    buildKey(a, { ...facts, python: '3.12.0' }),
    buildKey(a, { ...facts, inherited: { PATH: '/usr/bin' } }),
  ]
  expect(new Set([key, ...others]).size).toBe(others.length + 1)
})

test('a borrower sees the build at the path where it was made, and keeps what its jobs write apart', async () => {
  const { places, workspaces } = open()
  await workspaces.layOut(placeA, id('1'), a, () => join(root, 'blob'))
  expect(workspaces.lenderOf('key')).toBeNull()
  workspaces.keep(placeA, id('1'), 'key')
  expect(workspaces.lenderOf('key')).toBe(placeA)
  workspaces.borrow(placeB, id('2'), b, placeA)
  workspaces.keep(placeB, id('2'), 'key')
  const w = join(root, 'ws', a.uid)
  expect(places.where(job(b, 1), b)).toEqual({ w, view: { kind: 'overlay', home: join(root, 'views', b.uid, '1') }, plain: false })
  expect(places.where(job(a, 0), a).w).toBe(w)
  expect(workspaces.isLent(placeA)).toBe(true)
  // What is lent stays the one that is lent.
  expect(workspaces.lenderOf('key')).toBe(placeA)
})

test('a restart of the agent knows who borrowed; a borrower that goes takes nothing of the lender along', async () => {
  const first = open()
  await first.workspaces.layOut(placeA, id('1'), a, () => join(root, 'blob'))
  first.workspaces.keep(placeA, id('1'), 'key')
  first.workspaces.borrow(placeB, id('2'), b, placeA)
  first.workspaces.keep(placeB, id('2'), 'key')
  const { places, workspaces } = open()
  expect(places.where(job(b, 0), b).w).toBe(join(root, 'ws', a.uid))
  workspaces.remove(placeB)
  expect(existsSync(join(root, 'ws', a.uid, 'initial_files'))).toBe(true)
  expect(workspaces.isLent(placeA)).toBe(false)
  expect(places.where(job(b, 0), b).w).toBe(join(root, 'ws', b.uid))
})

test('of two builds with one key the later is lent: that is what --rebuild is for', async () => {
  const { workspaces } = open()
  for (const [place, of, build] of [
    [placeA, a, '1'],
    [placeB, b, '2'],
  ] as const) {
    await workspaces.layOut(place, id(build), of, () => join(root, 'blob'))
    workspaces.keep(place, id(build), 'key')
  }
  expect(workspaces.lenderOf('key')).toBe(placeB)
})

test('the output of a long build is kept by its ends, with a mark between', () => {
  const path = join(root, 'out')
  writeFileSync(join(root, 'stdout.txt'), Buffer.concat([Buffer.from('begin'), Buffer.alloc(3 << 20, 'x'), Buffer.from('end')]))
  const result = {
    outcome: { kind: 'succeeded' },
    started: true,
    startedAt: 1,
    usage: null,
    body: { kind: 'large' },
    notices: [],
    trial: null,
  } as const
  keepOutput(path, result, root)
  const text = Buffer.from(keptOutput(path)).toString()
  expect(text.startsWith('begin')).toBe(true)
  expect(text.endsWith('end')).toBe(true)
  expect(text).toContain('of this output are missing here')
  expect(text.length).toBeLessThan((1 << 20) + 200)
})
