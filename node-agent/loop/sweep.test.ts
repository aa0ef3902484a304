import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import { newAttempt, newState } from '../core/state.ts'
import { Trash } from '../stage/trash.ts'
import { Workspaces } from '../stage/workspace.ts'
import { sweep } from './sweep.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dist-sweep-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const id = (digit: string) => digit.repeat(32) as AttemptId
const uid = (digit: string) => digit.repeat(16) as JobsetUid

test('at start only what somebody still needs stays', async () => {
  const tasks: Promise<void>[] = []
  const trash = new Trash(join(root, 'trash'), (task) => tasks.push(task()))
  mkdirSync(join(root, 'ws'))
  const workspaces = new Workspaces(join(root, 'ws'), (path) => trash.discard(path))
  for (const [u, build] of [
    ['1', 'a'],
    ['2', 'b'],
    ['3', 'c'],
  ] as const) {
    await workspaces.layOut({ uid: uid(u), build: id(build), buildFile: null, files: [], mounts: 0 }, () => '')
  }
  workspaces.keep(uid('1'), id('a'))
  mkdirSync(join(root, 'ws', uid('4')))
  const state = newState({ once: false, built: new Map() })
  // the build of workspace 2 still runs; that of 3 died with its agent
  for (const known of [id('b'), id('d')]) {
    state.attempts.set(known, newAttempt({ kind: 'adopted', id: known, uid: uid('2'), build: known === id('b') }, 0))
  }
  for (const attempt of [id('d'), id('e')]) mkdirSync(join(root, 'attempts', attempt), { recursive: true })
  sweep(state, join(root, 'attempts'), workspaces, trash)
  expect(readdirSync(join(root, 'attempts'))).toEqual([id('d')])
  expect(readdirSync(join(root, 'ws')).sort()).toEqual([uid('1'), `${uid('1')}.json`, uid('2'), `${uid('2')}.json`])
  expect(existsSync(join(workspaces.path(uid('1')), 'distribute_save'))).toBe(true)
  await Promise.all(tasks)
})
