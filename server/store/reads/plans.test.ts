// The plans of queries that run for every request: an index, no scan, no sort.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestStore, type TestStore } from '../test-support.ts'
import { draftReads } from './drafts.ts'
import { eventReads } from './events.ts'
import { inputReads } from './inputs.ts'
import { jobReads } from './jobs.ts'
import { keptReads } from './kept.ts'
import { knownNames } from './known-names.ts'
import { namespaceUse } from './namespaces.ts'
import { resultPlaces } from './result-places.ts'
import { tokenReads } from './tokens.ts'

let folder = ''
let store: TestStore

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-plans-'))
  store = openTestStore(folder)
})

afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

/** Every statement that a set of reads prepares. */
function statements(make: (db: TestStore['reads']) => unknown): string[] {
  const seen: string[] = []
  const spy = new Proxy(store.reads, {
    get(db, name) {
      if (name !== 'prepare') return Reflect.get(db, name)
      return (sql: string) => {
        seen.push(sql)
        return db.prepare(sql)
      }
    },
  })
  make(spy)
  return seen
}

const reads = { draftReads, eventReads, inputReads, jobReads, keptReads, knownNames, namespaceUse, resultPlaces, tokenReads }
/** asked by an administrator now and then; the few results that are not placed are looked through by an index of their own */
const rare = /FROM token ORDER BY|count\(\*\) FROM draft|location >= /

test.for(Object.keys(reads) as (keyof typeof reads)[])('%s scans no table', (name) => {
  for (const sql of statements(reads[name]).filter((text) => !rare.test(text))) {
    const plan = store.reads.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql.replace(/@\w+|\?\d*/g, "'1'")}`).all()
    const scans = plan.map(({ detail }) => detail).filter((detail) => /^SCAN (?!sqlite_sequence$)/.test(detail))
    expect([sql, scans]).toEqual([sql, []])
  }
})
