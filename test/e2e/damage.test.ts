// A damaged data folder is refused with what is wrong and what to do, and left as it is.
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256FileSync } from '../../shared/files/digest.ts'
import { walkFolder } from '../../shared/files/walk.ts'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended } from '../support/jobset-state.ts'

let head: Head
/** data of a head that was killed, and of one that ended by itself */
let cut = ''
let whole = ''

beforeAll(async () => {
  head = await startHead()
  await startAgent(head)
  const file = writeJobset(join(head.root, 'jobs'), { batch: 'small', script: 'print(1)\n', jobs: 3 })
  await distOk(head, ['add', file])
  await ended(head, 'small')
  cut = join(head.root, 'cut')
  whole = join(head.root, 'whole')
  await head.kill('SIGKILL')
  cpSync(head.data, cut, { recursive: true })
  await head.restart()
  // until it answers it may not listen to signals yet
  await head.api('GET', '/status')
  expect(await head.kill('SIGTERM')).toMatchObject({ code: 0 })
  cpSync(head.data, whole, { recursive: true })
})
afterAll(() => head.stop())

const database = 'dist.sqlite'

interface Case {
  readonly name: string
  readonly of: 'cut' | 'whole'
  readonly damage: (data: string) => void
  readonly says: readonly string[]
}

const cases: readonly Case[] = [
  {
    name: 'a database of garbage',
    of: 'whole',
    damage: (data) => writeFileSync(join(data, database), 'no database '.repeat(1000)),
    says: ['dist.sqlite in the data folder is damaged', 'restore a backup'],
  },
  {
    name: 'a database cut in half',
    of: 'whole',
    damage: (data) => truncateSync(join(data, database), 3 * 4096),
    says: ['is damaged', 'restore a backup'],
  },
  {
    name: 'a database with garbage in the middle',
    of: 'whole',
    damage: (data) => {
      const bytes = readFileSync(join(data, database))
      bytes.fill(0xa5, 2 * 4096, 5 * 4096)
      writeFileSync(join(data, database), bytes)
    },
    says: ['is damaged', 'restore a backup'],
  },
  {
    name: 'an empty database',
    of: 'whole',
    damage: (data) => truncateSync(join(data, database), 0),
    says: ['is empty', 'this is not a new data folder', 'put dist.sqlite back'],
  },
  {
    name: 'no database',
    of: 'whole',
    damage: (data) => unlinkSync(join(data, database)),
    says: ['is missing', 'results/', 'put dist.sqlite back'],
  },
  {
    name: "a killed head's database without its log",
    of: 'cut',
    damage: (data) => unlinkSync(join(data, `${database}-wal`)),
    says: ['dist.sqlite-wal', 'did not end by itself', 'put it back'],
  },
  {
    name: 'no blobs',
    of: 'whole',
    damage: (data) => rmSync(join(data, 'blobs'), { recursive: true }),
    says: ['blobs/', 'is missing', 'mount its disk'],
  },
  {
    name: 'a disk of results that is not mounted',
    of: 'cut',
    damage(data) {
      renameSync(join(data, 'results'), `${data}-results`)
      mkdirSync(join(data, 'results'))
    },
    says: ['results/', 'not the folder that the head filled', 'mount its disk'],
  },
  {
    name: 'a database of a newer version',
    of: 'whole',
    damage(data) {
      const bytes = readFileSync(join(data, database))
      // user_version of the file header
      bytes.writeUInt32BE(999, 60)
      writeFileSync(join(data, database), bytes)
    },
    says: ['has schema 999', 'this version of dist knows', 'start the newer version'],
  },
]

test.each(cases)('$name is refused, and nothing is touched', async ({ name, of, damage, says }) => {
  const data = join(head.root, name.replace(/\W+/g, '-'))
  cpSync(of === 'cut' ? cut : whole, data, { recursive: true })
  damage(data)
  const before = contents(data)
  const start = await dist(head, ['serve', '--data', data, '--http', '127.0.0.1:0', '--grpc', '127.0.0.1:0'])
  expect(start.code).toBe(1)
  for (const text of says) expect(start.stderr).toContain(text)
  expect(start.stderr).not.toMatch(/at .*\.js:\d+/)
  expect(contents(data)).toEqual(before)
  // and dist doctor says the same of it
  const doctor = await dist(head, ['doctor', '--data', data])
  expect(doctor.code).toBe(1)
  for (const text of says.slice(0, 1)) expect(doctor.stdout).toContain(text)
  expect(contents(data)).toEqual(before)
})

test('data that is not damaged is no problem for dist doctor, whether its head was killed or ended by itself', async () => {
  for (const data of [cut, whole]) {
    const copy = `${data}-again`
    cpSync(data, copy, { recursive: true })
    const doctor = await dist(head, ['doctor', '--data', copy, '--json'])
    const { checks } = JSON.parse(doctor.stdout) as { checks: { name: string; level: string; message: string }[] }
    expect(checks.filter(({ name, level }) => name.startsWith('data') && level === 'problem')).toEqual([])
  }
})

/** Hash of every file but the lock and SQLite's shared memory, which belong to whoever looks. */
function contents(data: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const entry of walkFolder(data)) {
    // a log of SQLite that is empty says nothing
    if (entry.path.endsWith('-wal') && entry.size === 0) continue
    if (entry.kind === 'file' && !/head\.lock$|-shm$/.test(entry.path)) found[entry.path] = sha256FileSync(entry.absolute).sha256
  }
  return found
}
