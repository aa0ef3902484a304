import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JobsetId } from '../../shared/model/ids.ts'
import { defaultLimits, newCore } from '../core/state.ts'
import { bench } from '../core/test-support.ts'
import { openTestStore, type TestStore } from '../store/test-support.ts'
import { loadCore } from './load.ts'

let folder: string
let store: TestStore

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-load-'))
  store = openTestStore(folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

/** A job whose first try failed at `failedAt` (wall ms) and that waits until `notBefore`. */
function waiting(failedAt: number, notBefore: number): void {
  const { db } = store
  const options = { demand: { cores: 'all', memory: null, gpus: 0, disk: null } }
  const spec = JSON.stringify({ kind: 'shell', meta: { capabilities: [] }, initialize: { buildFile: null, build: null }, options })
  db.prepare(
    `INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, spec, submitted_at, first_job, job_count)
     VALUES (1, 'u', 'r', 'lab', 'sweep', 'shell', 'active', 'anna', ?, 0, 1, 1)`,
  ).run(spec)
  db.prepare("INSERT INTO job (id, jobset, name, state, tries, not_before, avoid) VALUES (1, 1, 'job', 'ready', 1, ?, 'a')").run(notBefore)
  db.prepare(
    "INSERT INTO attempt (id, job, jobset, node, state, cores, claimed_at, finished_at) VALUES ('x', 1, 1, 'a', 'failed', 1, ?, ?)",
  ).run(failedAt - 1000, failedAt)
}

const due = (): number | undefined => {
  const core = newCore(0, defaultLimits)
  loadCore(core, store.reads, 0, bench().effects)
  return core.jobsets.get(1 as JobsetId)?.delayed[0]?.due
}

test('a back-off goes on where it was after a restart', () => {
  waiting(Date.now(), Date.now() + 60_000)
  expect(due()).toBeGreaterThan(50_000)
  expect(due()).toBeLessThanOrEqual(60_000)
})

test('a clock that was set back two days since makes nobody wait longer than the back-off', () => {
  const ahead = Date.now() + 2 * 86_400_000
  waiting(ahead, ahead + 3000)
  expect(due()).toBe(3000)
})
