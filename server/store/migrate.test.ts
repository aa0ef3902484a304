// Schemas of all versions: append-only, each brings any older database to the newest, newer ones are refused.
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { sha256 } from '../../shared/files/digest.ts'
import { migrate, migrations, schemaVersion } from './migrate.ts'

/** A data folder out there was made by exactly these; a change is a new migration. */
const published = [
  [1, '78cb35cd033b6940720613750421c4f6a6aa9f41a97723af450838e8fb10763c'],
  [2, 'fb6f63b17e9a1a3c5475158b3650edee96ec7309cf26f41aea1d37991d582e22'],
] as const

test('a published migration is never edited, and numbers only grow', () => {
  expect(migrations.slice(0, published.length).map(({ number, sql }) => [number, sha256(sql)])).toEqual(published)
  const numbers = migrations.map(({ number }) => number)
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
  expect(schemaVersion).toBe(numbers.at(-1))
})

test.each(migrations.map(({ number }) => number))('a database of schema %i becomes the same as a new one', (number) => {
  const db = new Database(':memory:')
  for (const migration of migrations) {
    if (migration.number > number) break
    db.exec(migration.sql)
    db.pragma(`user_version = ${migration.number}`)
  }
  migrate(db)
  expect(tables(db)).toEqual(tables(fresh()))
  expect(db.pragma('user_version', { simple: true })).toBe(schemaVersion)
  // again: nothing
  migrate(db)
  expect(tables(db)).toEqual(tables(fresh()))
})

test('a newer schema is refused with both numbers and what to do', () => {
  const db = fresh()
  db.pragma(`user_version = ${schemaVersion + 1}`)
  expect(() => migrate(db)).toThrow(`has schema ${schemaVersion + 1}, this version of dist knows ${schemaVersion}`)
})

test('a migration that fails leaves the database at the version before', () => {
  const db = new Database(':memory:')
  db.exec(migrations[0]?.sql ?? '')
  db.pragma('user_version = 1')
  // what the second one wants to make is there already
  db.exec('CREATE TABLE job_need (x)')
  expect(() => migrate(db)).toThrow(/job_need/)
  expect(db.pragma('user_version', { simple: true })).toBe(1)
  const columns = db.prepare<[], { name: string }>('PRAGMA table_info(job)').all()
  expect(columns.map(({ name }) => name)).not.toContain('tries')
})

test('what results take is counted when an older database comes', () => {
  const db = new Database(':memory:')
  for (const { sql } of migrations.slice(0, 2)) db.exec(sql)
  db.pragma('user_version = 2')
  db.exec(`INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, submitted_at, first_job, job_count, spec)
    VALUES (1, 'u', 'r', 'lab', 'b', 'python', 'active', 'anna', 0, 1, 2, '{}')`)
  const add = db.prepare(
    "INSERT INTO attempt (id, job, jobset, node, state, cores, claimed_at, location, manifest) VALUES (?, 1, 1, 'n', 'committed', 1, 0, ?, ?)",
  )
  const file = (size: number) => ({ kind: 'file', path: `f${size}`, size, mode: 420, sha256: '' })
  add.run('a', 'folder', JSON.stringify([file(10), { kind: 'folder', path: 'x' }, file(5)]))
  add.run('b', 'pack:1:0', JSON.stringify([file(1)]))
  add.run('c', null, JSON.stringify([file(100)]))
  add.run('d', null, null)
  migrate(db)
  expect(db.prepare('SELECT * FROM namespace_bytes').all()).toEqual([{ namespace: 'lab', bytes: 16 }])
})

function fresh(): Database.Database {
  const db = new Database(':memory:')
  migrate(db)
  return db
}

function tables(db: Database.Database): unknown[] {
  const columns = db.prepare<[string], unknown>('SELECT name, type, dflt_value, "notnull", pk FROM pragma_table_info(?) ORDER BY name')
  return db
    .prepare<[], { name: string; type: string }>("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
    .all()
    .map(({ type, name }) => [type, name, type === 'table' ? columns.all(name) : null])
}
