import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AttemptId, JobsetUid, Sha256 } from '../../shared/model/ids.ts'
import { commonPlace } from '../core/place.ts'
import { emptyJobset } from '../core/test-support-node.ts'
import type { JobsetInfo, Place, Work } from '../core/work.ts'
import { Places } from './places.ts'
import { Workspaces } from './workspace.ts'

const uid = 'b'.repeat(16) as JobsetUid
const file = { name: 'f', sha256: 'c'.repeat(64) as Sha256, size: 4, mode: 0o644 }
const whole: JobsetInfo = { ...emptyJobset, uid, buildFile: file }
const packed: JobsetInfo = { ...whole, packed: true }
const plain: JobsetInfo = { ...packed, buildFile: null }
const job = (slot: number) => ({ kind: 'job', uid, slot }) as Extract<Work, { kind: 'job' }>
const build = (slot: number) => ({ kind: 'build', uid, slot }) as Extract<Work, { kind: 'build' }>

test('what takes the whole node, and every build where there are views, is in place', () => {
  const places = new Places('/work', 'overlay')
  const here = { w: `/work/ws/${uid}`, view: null, plain: false }
  expect(places.where(job(0), whole)).toEqual(here)
  expect(places.where(build(1), packed)).toEqual(here)
  expect(new Places('/work', 'build').where(job(0), whole)).toEqual(here)
})

test('where there are views every slot gets one, slot 0 too', () => {
  for (const mode of ['overlay', 'copy'] as const) {
    for (const slot of [0, 3]) {
      const view = { kind: mode, home: `/work/views/${uid}/${slot}` }
      expect(new Places('/work', mode).where(job(slot), packed)).toEqual({ w: `/work/ws/${uid}`, view, plain: false })
    }
  }
})

test('where there are none each slot builds for itself', () => {
  const places = new Places('/work', 'build')
  expect(places.where(job(0), packed)).toEqual({ w: `/work/ws/${uid}`, view: null, plain: false })
  expect(places.where(job(2), packed)).toEqual(places.where(build(2), packed))
  expect(places.where(job(2), packed).w).toBe(`/work/ws/${uid}.2`)
})

test('without a build each slot has a plain folder', () => {
  for (const mode of ['overlay', 'build'] as const) {
    expect(new Places('/work', mode).where(job(0), plain)).toEqual({ w: `/work/ws/${uid}`, view: null, plain: false })
    expect(new Places('/work', mode).where(job(1), plain)).toEqual({ w: `/work/views/${uid}/1`, view: null, plain: true })
  }
})

let root = ''
let workspaces: Workspaces
let discarded: string[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dist-places-'))
  discarded = []
  workspaces = new Workspaces(root, new Places(root, 'overlay'), (path) => {
    if (existsSync(path)) discarded.push(path)
    rmSync(path, { recursive: true, force: true })
  })
  writeFileSync(join(root, 'blob'), 'text')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const blob = () => join(root, 'blob')
const id = 'a'.repeat(32) as AttemptId

test('a new build of a workspace begins without the views of the one before', async () => {
  const place = commonPlace(uid)
  await workspaces.layOut(place, id, packed, blob)
  workspaces.keep(place, id, null)
  mkdirSync(join(root, 'views', uid, '1'), { recursive: true })
  expect(workspaces.records()).toEqual([{ place, build: id, state: 'built', use: 'overlay' }])
  await workspaces.layOut(place, id, packed, blob)
  expect(discarded).toEqual([join(root, 'ws', uid), join(root, 'views', uid)])
  expect(workspaces.records()).toMatchObject([{ state: 'building' }])
})

test('a slot of its own build is removed alone', async () => {
  const second = `${uid}.1` as Place
  for (const place of [commonPlace(uid), second]) await workspaces.layOut(place, id, packed, blob)
  workspaces.remove(second)
  expect(workspaces.folders()).toEqual([uid])
  expect(workspaces.records().map((record) => record.place)).toEqual([uid])
})

test('a plain folder is laid out once, whole, and again after its jobset went', async () => {
  const folder = join(root, 'views', uid, '1')
  const jobset = { ...plain, files: [file], mounts: ['/data'] }
  await Promise.all([1, 2].map(() => workspaces.layOutPlain(folder, jobset, blob)))
  expect(readFileSync(join(folder, 'initial_files', 'f'), 'utf8')).toBe('text')
  expect(existsSync(join(folder, '_bind_path_0'))).toBe(true)
  writeFileSync(join(folder, 'left'), '')
  await workspaces.layOutPlain(folder, jobset, blob)
  expect(existsSync(join(folder, 'left'))).toBe(true)
  workspaces.remove(commonPlace(uid))
  expect(existsSync(folder)).toBe(false)
  await workspaces.layOutPlain(folder, jobset, blob)
  expect(existsSync(join(folder, 'initial_files', 'f'))).toBe(true)
})

test('a record of an agent that knew no slots is one of a workspace used in place', () => {
  mkdirSync(join(root, 'ws', uid))
  writeFileSync(join(root, 'ws', `${uid}.json`), JSON.stringify({ uid, build: id, state: 'built' }))
  const next = new Workspaces(root, new Places(root, 'overlay'), () => undefined)
  expect(next.records()).toEqual([{ place: uid, build: id, state: 'built', use: 'place' }])
})

test('what is asked for with every build is not read from the disk again', async () => {
  const place = commonPlace(uid)
  await workspaces.layOut(place, id, packed, blob)
  workspaces.keep(place, id, null)
  const [before] = workspaces.records()
  writeFileSync(join(root, 'ws', `${uid}.json`), 'read again')
  expect(workspaces.records()).toEqual([before])
  workspaces.remove(place)
  expect(workspaces.records()).toEqual([])
})
