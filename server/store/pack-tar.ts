// The tar records of a pack, written and read back. Own code instead of a stream: a pack is written with one writev
// and read at a known offset, both inside the commit path.

const block = 512
const zeros = Buffer.alloc(block)

/** Appends header, data and padding of one file to `buffers`; returns the bytes they take. */
export function tarRecord(buffers: Uint8Array[], name: string, mode: number, data: Uint8Array): number {
  let bytes = 0
  if (Buffer.byteLength(name) > 100)
    bytes += pushRecord(buffers, header('././@LongLink', 0o644, Buffer.byteLength(name) + 1, 'L'), Buffer.from(`${name}\0`))
  return bytes + pushRecord(buffers, header(name, mode, data.byteLength, '0'), data)
}

function pushRecord(buffers: Uint8Array[], head: Buffer, data: Uint8Array): number {
  const padding = (block - (data.byteLength % block)) % block
  buffers.push(head)
  if (data.byteLength > 0) buffers.push(data)
  if (padding > 0) buffers.push(zeros.subarray(0, padding))
  return block + data.byteLength + padding
}

function header(name: string, mode: number, size: number, type: string): Buffer {
  const head = Buffer.alloc(block)
  head.write(name, 0, 100)
  head.write(`${mode.toString(8).padStart(7, '0')}\0`, 100)
  head.write('0000000\0', 108)
  head.write('0000000\0', 116)
  head.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  head.write('00000000000\0', 136)
  head.write('        ', 148)
  head.write(type, 156)
  head.write('ustar\u000000', 257)
  let sum = 0
  for (const byte of head) sum += byte
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return head
}

export interface PackRecord {
  readonly name: string
  readonly mode: number
  readonly offset: number
  readonly size: number
  /** first byte after the record and its padding */
  readonly end: number
}

/** Reads the record at `offset`; null at the end, at a torn record or at anything that is no header. */
export function readRecord(read: (offset: number, length: number) => Buffer, offset: number): PackRecord | null {
  let at = offset
  let longName: string | null = null
  for (;;) {
    const head = read(at, block)
    if (head.length < block || !checksumFits(head)) return null
    const size = Number.parseInt(text(head, 124, 12), 8)
    const end = at + block + Math.ceil(size / block) * block
    if (text(head, 156, 1) === 'L') {
      const data = read(at + block, size)
      if (data.length < size) return null
      longName = data.toString('utf8', 0, size - 1)
      at = end
      continue
    }
    return { name: longName ?? text(head, 0, 100), mode: Number.parseInt(text(head, 100, 8), 8), offset: at + block, size, end }
  }
}

function text(head: Buffer, start: number, length: number): string {
  const field = head.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end).trim()
}

function checksumFits(head: Buffer): boolean {
  let sum = 0
  for (let i = 0; i < block; i++) sum += i >= 148 && i < 156 ? 32 : (head[i] ?? 0)
  return sum === Number.parseInt(text(head, 148, 8), 8)
}
