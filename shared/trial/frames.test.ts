// Frames of the batchtk socket, however the network cuts them, and whatever else connects.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endFrames, newFrames, pushFrames } from './frames.ts'

function frame(text: string): Uint8Array {
  const body = Buffer.from(text)
  const header = Buffer.alloc(4)
  header.writeUInt32BE(body.length)
  return Buffer.concat([header, body])
}

test('a stream cut at every byte gives the same messages', () => {
  const bytes = Buffer.concat([frame('{"loss": 1}'), frame(''), frame('grüße')])
  for (let cut = 0; cut <= bytes.length; cut++) {
    const frames = newFrames()
    expect([...pushFrames(frames, bytes.subarray(0, cut)), ...pushFrames(frames, bytes.subarray(cut))]).toEqual([
      '{"loss": 1}',
      '',
      'grüße',
    ])
    expect(endFrames(frames)).toBe('clean')
  }
})

test('any messages in any pieces', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      (texts, sizes) => {
        const bytes = Buffer.concat(texts.map(frame))
        const frames = newFrames()
        const found: string[] = []
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          found.push(...pushFrames(frames, bytes.subarray(at, at + size)))
          at += size
        }
        expect(found).toEqual(texts)
        expect(endFrames(frames)).toBe(texts.length === 0 ? 'empty' : 'clean')
      },
    ),
  )
})

test('a connection that says nothing is empty, one that ends in the middle is cut', () => {
  expect(endFrames(newFrames())).toBe('empty')
  const frames = newFrames()
  expect(pushFrames(frames, frame('abc').subarray(0, 5))).toEqual([])
  expect(endFrames(frames)).toBe('cut')
  const header = newFrames()
  pushFrames(header, frame('abc').subarray(0, 4))
  expect(endFrames(header)).toBe('cut')
})

test('a browser at the port is refused at once, and nothing after it is kept', () => {
  const frames = newFrames()
  expect(pushFrames(frames, Buffer.concat([frame('first'), Buffer.from('GET / HTTP/1.1\r\n')]))).toEqual(['first'])
  expect(frames.refused).toBe('a message of 1195725856 bytes was announced')
  expect(pushFrames(frames, frame('later'))).toEqual([])
  expect([endFrames(frames), frames.pending]).toEqual(['cut', []])
})

test('bytes that come one by one are not kept one by one', () => {
  const text = 'x'.repeat(5000)
  const frames = newFrames()
  const parts: number[] = []
  const found = [...frame(text)].flatMap((byte) => {
    const messages = pushFrames(frames, Uint8Array.of(byte))
    parts.push(frames.pending.length)
    return messages
  })
  expect(found).toEqual([text])
  expect(Math.max(...parts)).toBeLessThanOrEqual(1000)
})

test('messages and their sizes are limited', () => {
  const small = newFrames({ mostBytes: 3, mostFrames: 2 })
  expect(pushFrames(small, Buffer.concat([frame('abc'), frame('d'), frame('e')]))).toEqual(['abc', 'd'])
  expect(small.refused).toBe('more than 2 messages came')
})
