// The cap on a job's output, applied when the job has ended. While it runs the whole of it stays on the disk: Node has no way to
// take the middle out of a file. Called by output.ts.
import { closeSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage } from '../../shared/base/errors.ts'
import { keptHead, keptTail, missingMark } from '../../shared/model/output-cap.ts'
import { copyRange } from './copy.ts'
import { writeAll } from './journal.ts'

/**
 * Writes what is kept of a longer output to `stdout.cut.txt`; returns a note, or null when nothing has to go. The file itself
 * stays as it is, because the agent may be reading it; on a full disk it is cut to its first part.
 */
export function shorten(fd: number, folder: string): string | null {
  const { size } = fstatSync(fd)
  if (size <= keptHead + keptTail) return null
  const mebibytes = keptHead >> 20
  const path = join(folder, 'stdout.cut.txt')
  const out = openSync(path, 'w', 0o600)
  try {
    copyRange(fd, out, 0, keptHead)
    writeAll(out, Buffer.from(missingMark(keptHead, size - keptTail)))
    copyRange(fd, out, size - keptTail, size)
  } catch (error) {
    rmSync(path, { force: true })
    ftruncateSync(fd, keptHead)
    writeSync(fd, missingMark(keptHead, size))
    return `it wrote ${size} bytes; the first ${mebibytes} MiB are kept, not the last (${errorMessage(error)})`
  } finally {
    closeSync(out)
  }
  return `it wrote ${size} bytes; the first and the last ${mebibytes} MiB are kept`
}
