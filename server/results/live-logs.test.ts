import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LiveLogs } from './live-logs.ts'

let folder: string
let logs: LiveLogs
const kept = { head: 10, tail: 8 }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-logs-'))
  logs = new LiveLogs(folder, kept)
})
afterEach(() => rmSync(folder, { recursive: true }))

/** `[from, text]` of every piece from `offset` on. */
async function pieces(offset = 0): Promise<[number, string][]> {
  const found: [number, string][] = []
  for (let at = offset; ; ) {
    const { stream, length, from } = logs.read('a', at)
    const chunks: Buffer[] = []
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
    if (length === 0) return found
    found.push([from, Buffer.concat(chunks).toString()])
    at = from + length
  }
}

const text = (found: readonly [number, string][]) => found.map(([, piece]) => piece).join('')

test('chunks that come again, overlap or come late are kept once', async () => {
  expect(logs.append('a', 0, Buffer.from('0123'))).toBe(4)
  expect(logs.append('a', 0, Buffer.from('0123'))).toBe(4)
  expect(logs.append('a', 2, Buffer.from('2345'))).toBe(6)
  expect(() => logs.append('a', 7, Buffer.from('7'))).toThrow(expect.objectContaining({ code: 'bad_offset', ids: { have: 6 } }))
  expect(text(await pieces())).toBe('012345')
  expect(text(await pieces(4))).toBe('45')
})

test('of a long output the first and at least the last bytes stay, and never much more', async () => {
  const all = Array.from({ length: 100 }, (_, n) => String.fromCharCode(33 + (n % 90)))
  for (let at = 0; at < 100; at += 5) {
    expect(logs.append('a', at, Buffer.from(all.slice(at, at + 5).join('')))).toBe(at + 5)
    expect(logs.sizeOf('a')).toBeLessThan(kept.head + kept.tail + kept.tail / 4 + 1)
  }
  const found = await pieces()
  expect(found[0]).toEqual([0, all.slice(0, 10).join('')])
  const tail = found.slice(1)
  const start = tail[0]?.[0] ?? 0
  expect(start).toBeLessThanOrEqual(92)
  expect(text(tail)).toBe(all.slice(start).join(''))
})

test('bytes that never come leave a gap, which a reader is told and a restart remembers', async () => {
  logs.append('a', 0, Buffer.from('0123456789ab'))
  expect(() => logs.append('a', 20, Buffer.from('x'), 7)).toThrow(expect.objectContaining({ code: 'bad_offset' }))
  expect(logs.append('a', 20, Buffer.from('kl'), 8)).toBe(22)
  const expected = [
    [0, '0123456789'],
    [10, 'ab'],
    [20, 'kl'],
  ]
  expect(await pieces()).toEqual(expected)
  logs = new LiveLogs(folder, kept)
  expect(await pieces()).toEqual(expected)
  expect(logs.append('a', 22, Buffer.from('m'))).toBe(23)
  expect(await pieces(15)).toEqual([
    [20, 'kl'],
    [22, 'm'],
  ])
  expect(logs.ids()).toEqual(['a'])
  logs.discard('a')
  expect(logs.ids()).toEqual([])
})

test('an output cannot begin with a gap', () => {
  expect(() => logs.append('a', 5, Buffer.from('x'), 5)).toThrow(expect.objectContaining({ ids: { have: 0 } }))
})

test('a part that a flood removes is read to its end by who opened it', async () => {
  logs.append('a', 0, Buffer.from('0123456789ab'))
  const { stream, length } = logs.read('a', 10)
  logs.append('a', 12, Buffer.alloc(40, 'x'))
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(stream, 'end')
  expect(length).toBe(2)
  expect(Buffer.concat(chunks).toString()).toBe('ab')
})

test('who waits for output is woken by it', async () => {
  const { signal } = new AbortController()
  const woken = logs.changed('a', 60_000, signal)
  logs.append('a', 0, Buffer.from('x'))
  await woken
})
