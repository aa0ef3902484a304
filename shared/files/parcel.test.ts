import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { type FrameHead, ParcelReader, parcelHead, writeHead } from './parcel.ts'

function head(frame: FrameHead): Buffer {
  const bytes = Buffer.alloc(parcelHead)
  writeHead(bytes, 0, frame)
  return bytes
}

const reader = (...chunks: Buffer[]) => new ParcelReader(Readable.from(chunks) as AsyncIterable<Buffer>)

test.each([0, 1, 4096, 2 ** 32 - 1, 2 ** 32, 5 * 2 ** 30 + 7, Number.MAX_SAFE_INTEGER])(
  'a length of %d comes out as it went in',
  async (length) => {
    const frame = { index: 99_999, kind: 'file', length } as const
    expect(await reader(head(frame)).head()).toEqual(frame)
  },
)

test('frames may be cut anywhere', async () => {
  const body = Buffer.from('some bytes of a file')
  const whole = Buffer.concat([head({ index: 3, kind: 'file', length: body.length }), body, head({ index: 4, kind: 'end', length: 0 })])
  for (let size = 1; size < whole.length; size++) {
    const chunks: Buffer[] = []
    for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size))
    const parcel = reader(...chunks)
    const { length } = await parcel.head()
    expect((await parcel.take(length)).toString()).toBe(body.toString())
    expect(await parcel.head()).toEqual({ index: 4, kind: 'end', length: 0 })
  }
})

test('a parcel that is cut is noticed, in a head, in a body and between two frames', async () => {
  const start = head({ index: 0, kind: 'file', length: 4 })
  await expect(reader(start.subarray(0, 9)).head()).rejects.toMatchObject({ code: 'unreachable' })
  const cut = reader(start, Buffer.from('ab'))
  await cut.head()
  await expect(cut.take(4)).rejects.toMatchObject({ code: 'unreachable' })
  await expect(reader().head()).rejects.toMatchObject({ code: 'unreachable' })
})
