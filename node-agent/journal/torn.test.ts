// Journals as a power cut or a bad disk leaves them, for everybody who reads them: the agent, the keeper, the plain keeper.
// Up to the last whole record all is read as it was written; what follows runs again or is lost, and is never misread.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pythonSays } from '../../test/support/keeper-harness.ts'
import { SlotJournal } from '../plain-keeper/journal.ts'
import { recover } from '../plain-keeper/recover.ts'
import { type JournalRecord, parseJournal } from './read.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-torn-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const kind = fc.constantFrom('job', 'build')
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '\n', '"\\', 'ü\u2028', 'x'.repeat(100)))
const base64 = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('base64'))
const files = fc.array(fc.tuple(text, fc.constantFrom(0o644, 0o755), base64), { maxLength: 3 })

/** What a keeper may write of one attempt: it ran and ended, it never ran, or it runs. */
const attempt = fc.oneof(
  { weight: 4, arbitrary: fc.record({ end: fc.constant('x'), kind, text, base64, files, status: fc.nat(70_000) }) },
  { weight: 1, arbitrary: fc.record({ end: fc.constant('f'), kind, text, base64, files, status: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ end: fc.constant(null), kind, text, base64, files, status: fc.nat(1) }) },
)
const attempts = fc.array(attempt, { minLength: 1, maxLength: 4 })

type Attempt = (typeof attempt extends fc.Arbitrary<infer A> ? A : never) & object

function recordsOf(of: Attempt, n: number): JournalRecord[] {
  const id = `a${n}_`.padEnd(12, '0')
  const k = of.kind as 'job' | 'build'
  if (of.end === 'f') return [{ r: 'f', id, k, err: 'stage', msg: of.text }]
  const start = { r: 's', id, k, t: of.text, pid: 99_999_999, ticks: [1, 2], boot: 'another boot', at: 1_790_000_000_000 } as const
  if (of.end === null) return [start]
  const end = { r: 'x', id, k, st: of.status, why: null, at: start.at, wall: 5, ut: 1, stm: 1, rss: 9000 } as const
  return [start, { ...end, out: of.base64, outn: 1, files: of.files as never, dirs: [], big: false }]
}

function lineOf(record: unknown, ascii: boolean): Buffer {
  const json = JSON.stringify(record)
  // keepers in Python write what is not ASCII as escapes
  const body = Buffer.from(
    ascii ? json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`) : json,
  )
  return Buffer.concat([Buffer.from(`${crc32(body).toString(16).padStart(8, '0')} `), body, Buffer.from('\n')])
}

interface Written {
  readonly records: readonly JournalRecord[]
  readonly bytes: Buffer
  /** where each line begins, and the end of the last */
  readonly bounds: readonly number[]
}

const written = fc.tuple(attempts, fc.boolean()).map(([list, ascii]): Written => {
  const records = list.flatMap(recordsOf)
  const lines = records.map((record) => lineOf(record, ascii))
  const bounds = [0]
  for (const line of lines) bounds.push((bounds.at(-1) ?? 0) + line.length)
  return { records, bytes: Buffer.concat(lines), bounds }
})

/** A damaged journal, and how many of its lines are whole. */
interface Damaged {
  readonly bytes: Buffer
  readonly whole: number
}

/** Cut at every byte; as it is, and with the zeros that a file system may leave behind a size that it kept. */
function cuts({ bytes, bounds }: Written): Damaged[] {
  return Array.from({ length: bytes.length + 1 }, (_, at) => {
    const part = bytes.subarray(0, at)
    const whole = bounds.filter((bound) => bound > 0 && bound <= at).length
    return { bytes: at % 3 === 0 ? Buffer.concat([part, Buffer.alloc(7)]) : part, whole }
  })
}

/** In each line one bit is another; every byte of it has its turn, with a bit that changes along. */
function flips({ bytes, bounds }: Written): Damaged[] {
  return Array.from(bytes, (byte, at) => {
    const copy = Buffer.from(bytes)
    copy[at] = byte ^ (1 << (at % 8))
    return { bytes: copy, whole: bounds.filter((bound) => bound > 0 && bound <= at).length }
  })
}

/** What the keeper's own reader finds in each: how many records, whether they are byte for byte what was written. */
function keeperReads(journals: readonly Damaged[]): [whole: number, exact: boolean][] {
  const path = join(folder, 'all.json')
  writeFileSync(path, JSON.stringify(journals.map(({ bytes }) => bytes.toString('base64'))))
  return JSON.parse(
    pythonSays(
      `import json, binascii, keeper_journal
found = []
for text in json.load(open(sys.argv[1])):
    data = binascii.a2b_base64(text)
    records, valid = keeper_journal.parse(data)
    exact = b''.join(line for _, line in records) == data[:valid] and all(json.loads(line[9:]) == record for record, line in records)
    found.append([len(records), exact])
print(json.dumps(found))`,
      [path],
    ),
  )
}

test('a journal cut at any byte, or with any bit turned, is read up to its last whole record by agent and keeper', () => {
  fc.assert(
    fc.property(written, (journal) => {
      const damaged = [...cuts(journal), ...flips(journal)]
      for (const { bytes, whole } of damaged) {
        const { records, validBytes } = parseJournal(bytes)
        // thousands of cases: the slow, telling comparison only where something is wrong
        const right = validBytes === journal.bounds[whole] && isDeepStrictEqual(records, journal.records.slice(0, whole))
        if (!right) expect({ records, validBytes }).toEqual({ records: journal.records.slice(0, whole), validBytes: journal.bounds[whole] })
      }
      expect(keeperReads(damaged)).toEqual(damaged.map(({ whole }) => [whole, true]))
    }),
    { numRuns: 6 },
  )
})

/** Every attempt that was begun is ended once: as it was written, or lost. What was not begun is not there. */
function expectEachEndedOnce(journal: Written, { whole }: Damaged, after: Buffer): void {
  const { records, validBytes } = parseJournal(after)
  const known = journal.records.slice(0, whole)
  if (validBytes !== after.length || !isDeepStrictEqual(records.slice(0, whole), known)) {
    expect({ validBytes, records: records.slice(0, whole) }).toEqual({ validBytes: after.length, records: known })
  }
  const open = known.filter(({ r, id }) => r === 's' && !known.some((other) => other.id === id && other.r !== 's'))
  const lost = records.slice(whole)
  const ids = (list: readonly JournalRecord[]) => list.map(({ id }) => id).join()
  if (ids(lost) !== ids(open)) expect(ids(lost), 'lost attempts').toBe(ids(open))
  for (const record of lost) expect(record).toMatchObject({ r: 'x', st: 9, why: 'lost', out: '', files: [] })
}

/** The keeper's own start on each: the journals as it leaves them. What runs on this machine is left out of it. */
function keeperRecovers(journals: readonly Damaged[]): Buffer[] {
  const [all, after] = [join(folder, 'all.json'), join(folder, 'after.json')]
  writeFileSync(all, JSON.stringify(journals.map(({ bytes }) => bytes.toString('base64'))))
  pythonSays(
    `import json, binascii, keeper_journal, keeper_recover
keeper_recover.sweep = lambda marker: set()
found = []
for text in json.load(open(sys.argv[1])):
    open(sys.argv[2], 'wb').write(binascii.a2b_base64(text))
    keeper_recover.recover(keeper_journal.Journal(sys.argv[2]), sys.argv[3], 'DIST_SLOT=none')
    found.append(binascii.b2a_base64(open(sys.argv[2], 'rb').read()).decode())
json.dump(found, open(sys.argv[4], 'w'))`,
    [all, join(folder, 'slot0.journal'), folder, after],
  )
  return (JSON.parse(readFileSync(after, 'utf8')) as string[]).map((data) => Buffer.from(data, 'base64'))
}

test('a keeper that starts on a damaged journal ends every attempt in it once, and what it appends can be read', () => {
  fc.assert(
    fc.property(written, fc.nat(), (journal, offset) => {
      const all = [...cuts(journal), ...flips(journal)]
      const every = Math.ceil(all.length / 150) // each is a file
      const damaged = all.filter((_, at) => (at + offset) % every === 0)
      for (const [i, after] of keeperRecovers(damaged).entries()) expectEachEndedOnce(journal, damaged[i] as Damaged, after)
    }),
    { numRuns: 5 },
  )
})

test('so does the plain keeper', async () => {
  const path = join(folder, 'slot1.journal')
  await fc.assert(
    fc.asyncProperty(written, fc.nat(), async (journal, pick) => {
      const all = [...cuts(journal), ...flips(journal)]
      // it looks through the machine's processes each time: a few of each
      for (const damaged of [all[pick % all.length], all[(pick * 31) % all.length]] as Damaged[]) {
        writeFileSync(path, damaged.bytes)
        await recover(new SlotJournal(path), folder, 'DIST_SLOT=none', (problem) => expect.fail(problem))
        expectEachEndedOnce(journal, damaged, readFileSync(path))
      }
    }),
    { numRuns: 10 },
  )
})
