// The bytes of one batchtk connection as messages: four bytes of big-endian length, then UTF-8. There is no greeting and no
// version, so anything may connect: lengths are limited, and after a bad one the connection is to be closed.
// Several connections a trial are normal, and most say nothing.

interface Limits {
  /** bytes of one message */
  readonly mostBytes: number
  /** messages of one connection */
  readonly mostFrames: number
}

export interface Frames {
  readonly limits: Limits
  pending: Uint8Array[]
  /** bytes in `pending` */
  size: number
  /** length of the message that is coming; null while its header is */
  length: number | null
  count: number
  refused: string | null
}

const headerBytes = 4
/** parts of `pending`: each costs more than the few bytes that it may have */
const mostParts = 1000
const usual: Limits = { mostBytes: 64 << 20, mostFrames: 10_000 }
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export function newFrames(limits: Limits = usual): Frames {
  return { limits, pending: [], size: 0, length: null, count: 0, refused: null }
}

/** The messages that these bytes complete; sets `refused` where the rest cannot be understood. Keeps `bytes`, changes `frames`. */
export function pushFrames(frames: Frames, bytes: Uint8Array): readonly string[] {
  if (frames.refused !== null) return []
  frames.pending.push(bytes)
  frames.size += bytes.length
  if (frames.pending.length > mostParts) frames.pending = [joined(frames.pending, frames.size)]
  const messages: string[] = []
  for (;;) {
    if (frames.length === null) {
      if (frames.size < headerBytes) return messages
      const header = take(frames, headerBytes)
      frames.length = new DataView(header.buffer, header.byteOffset, headerBytes).getUint32(0)
      if (frames.length > frames.limits.mostBytes) return refuse(frames, messages, `a message of ${frames.length} bytes was announced`)
      if (++frames.count > frames.limits.mostFrames) return refuse(frames, messages, `more than ${frames.limits.mostFrames} messages came`)
    }
    if (frames.size < frames.length) return messages
    messages.push(decoder.decode(take(frames, frames.length)))
    frames.length = null
  }
}

/** What the end of the connection means: nothing was said, all was said, or a message was cut off. */
export function endFrames({ count, size, length, refused }: Frames): 'empty' | 'clean' | 'cut' {
  if (refused !== null || size > 0 || length !== null) return 'cut'
  return count === 0 ? 'empty' : 'clean'
}

function refuse(frames: Frames, messages: readonly string[], why: string): readonly string[] {
  frames.refused = why
  frames.pending = []
  frames.size = 0
  return messages
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** The first `count` bytes of what is pending, in one piece. */
function take(frames: Frames, count: number): Uint8Array {
  const first = frames.pending[0]
  frames.size -= count
  if (first !== undefined && first.length >= count) {
    if (first.length === count) frames.pending.shift()
    else frames.pending[0] = first.subarray(count)
    return first.subarray(0, count)
  }
  const taken = new Uint8Array(count)
  let filled = 0
  let whole = 0
  for (const part of frames.pending) {
    const piece = part.subarray(0, count - filled)
    taken.set(piece, filled)
    filled += piece.length
    if (piece.length < part.length) break
    whole++
    if (filled === count) break
  }
  const rest = frames.pending[whole]
  const cut = count - frames.pending.slice(0, whole).reduce((sum, part) => sum + part.length, 0)
  frames.pending = frames.pending.slice(whole)
  if (rest !== undefined && cut > 0) frames.pending[0] = rest.subarray(cut)
  return taken
}
