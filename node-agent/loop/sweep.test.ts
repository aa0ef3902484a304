import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import { commonPlace } from '../core/place.ts'
import { newAttempt, newState, type State } from '../core/state.ts'
import { emptyJobset } from '../core/test-support-node.ts'
import type { Place } from '../core/work.ts'
import { Places } from '../stage/places.ts'
import { Trash } from '../stage/trash.ts'
import { Workspaces } from '../stage/workspace.ts'
import { sweep } from './sweep.ts'

let root = ''
let tasks: Promise<void>[] = []
let trash: Trash
let workspaces: Workspaces

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dist-sweep-'))
  tasks = []
  trash = new Trash(join(root, 'trash'), (task) => tasks.push(task()))
  workspaces = new Workspaces(root, new Places(root, 'build'), (path) => trash.discard(path))
  mkdirSync(join(root, 'attempts'))
})
afterEach(async () => {
  await Promise.all(tasks)
  rmSync(root, { recursive: true, force: true })
})

const id = (digit: string) => digit.repeat(32) as AttemptId
const uid = (digit: string) => digit.repeat(16) as JobsetUid
const empty = () => newState({ once: false, slots: 1, ownBuilds: false, built: new Map() })

async function lay(place: Place, build: string, built: boolean): Promise<void> {
  await workspaces.layOut(place, id(build), { ...emptyJobset, uid: uid(place.charAt(0)) }, () => '')
  if (built) workspaces.keep(place, id(build), null)
}

function adopt(state: State, known: AttemptId, of: JobsetUid, build: boolean): void {
  state.attempts.set(known, newAttempt({ kind: 'adopted', id: known, uid: of, build, slot: 0 }, commonPlace(of), 0))
}

function swept(state: State, bootedAt = 0): void {
  sweep(state, join(root, 'attempts'), workspaces, trash, bootedAt)
}

test('at start only what somebody still needs stays', async () => {
  await lay(commonPlace(uid('1')), 'a', true)
  await lay(commonPlace(uid('2')), 'b', false)
  await lay(commonPlace(uid('3')), 'c', false)
  await lay(`${uid('3')}.1` as Place, 'f', true)
  mkdirSync(join(root, 'ws', uid('4')))
  const state = empty()
  // the build of workspace 2 still runs; that of 3 died with its agent
  adopt(state, id('b'), uid('2'), true)
  adopt(state, id('d'), uid('2'), false)
  for (const attempt of [id('d'), id('e')]) mkdirSync(join(root, 'attempts', attempt))
  swept(state)
  expect(readdirSync(join(root, 'attempts'))).toEqual([id('d')])
  const left = [uid('1'), uid('2'), `${uid('3')}.1`]
  expect(readdirSync(join(root, 'ws')).sort()).toEqual(left.flatMap((place) => [place, `${place}.json`]))
  expect(existsSync(join(workspaces.path(commonPlace(uid('1'))), 'distribute_save'))).toBe(true)
})

test('views of no workspace go, and after a boot all of them', async () => {
  await lay(commonPlace(uid('1')), 'a', true)
  await lay(commonPlace(uid('2')), 'b', true)
  for (const view of [uid('1'), uid('2'), uid('3')]) mkdirSync(join(root, 'views', view, '0'), { recursive: true })
  swept(empty())
  expect(workspaces.views().map((view) => view.uid)).toEqual([uid('1'), uid('2')])
  const state = empty()
  adopt(state, id('d'), uid('2'), false)
  swept(state, Date.now() + 1000)
  expect(workspaces.views().map((view) => view.uid)).toEqual([uid('2')])
})
