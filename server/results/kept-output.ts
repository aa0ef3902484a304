// The committed output of an attempt or build, addressed as it was written: where a long one was cut, the offsets behind
// the gap go on as if nothing were missing, so that whoever followed it live goes on in the result.
import { readSync } from 'node:fs'
import { keptHead, keptTail, markBytes, readMark } from '../../shared/model/output-cap.ts'
import type { OpenResult } from '../ports/result-places.ts'
import type { OutputPiece } from '../ports/results.ts'
import { streamResult } from './stream-result.ts'

/** From `offset`, or from behind the gap that it lies in, to the gap or the end. */
export function keptOutput(open: OpenResult, offset: number): OutputPiece {
  const mark = markOf(open)
  const shift = mark === null ? 0 : mark.to - keptHead - mark.length
  const size = open.size + shift
  if (mark === null || offset >= mark.from) {
    const from = Math.min(mark === null ? offset : Math.max(offset, mark.to), size)
    return { ...streamResult(open, from - shift), from, size }
  }
  return { ...streamResult({ ...open, size: keptHead }, offset), from: offset, size }
}

/** Only an output that was cut is longer than what is kept of one. */
function markOf(open: OpenResult): ReturnType<typeof readMark> {
  if (open.size <= keptHead + keptTail) return null
  const buffer = Buffer.alloc(markBytes)
  const read = readSync(open.fd, buffer, 0, markBytes, open.start + keptHead)
  const mark = readMark(buffer.toString('latin1', 0, read))
  return mark?.from === keptHead ? mark : null
}
