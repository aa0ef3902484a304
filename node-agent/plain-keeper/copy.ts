// File steps of the plain keeper: copy, compare. Called by place.ts, output.ts and collect.ts.
import { closeSync, constants, copyFileSync, fstatSync, mkdirSync, openSync, readlinkSync, readSync, symlinkSync } from 'node:fs'
import { writeAll } from './journal.ts'
import { below, look, namesIn, type Path } from './remove.ts'

const chunk = 1 << 20
const { O_RDONLY, O_NOFOLLOW, COPYFILE_EXCL, COPYFILE_FICLONE } = constants

/** Copies bytes [from, to) of an open file to the end of another. */
export function copyRange(source: number, target: number, from: number, to: number): void {
  const buffer = Buffer.allocUnsafe(Math.min(chunk, Math.max(1, to - from)))
  for (let at = from; at < to; ) {
    const n = readSync(source, buffer, 0, Math.min(buffer.length, to - at), at)
    if (n === 0) return
    writeAll(target, buffer.subarray(0, n))
    at += n
  }
}

/** Makes a new file of the source's content, by reflink where the file system can. */
export function copyNew(source: Path, target: Path): void {
  copyFileSync(source, target, COPYFILE_EXCL | COPYFILE_FICLONE)
}

/** Copies a file, link or folder; what is none of these is left out. */
export function copyTree(source: Path, target: Path): void {
  const facts = look(source)
  if (facts === null) return
  if (facts.isDirectory()) {
    mkdirSync(target, 0o700)
    for (const name of namesIn(source)) copyTree(below(source, name), below(target, name))
  } else if (facts.isSymbolicLink()) symlinkSync(readlinkSync(source, 'buffer'), target)
  else if (facts.isFile()) copyNew(source, target)
}

/** At most `limit` bytes of an open file from its start. */
export function readUpTo(fd: number, limit: number): Buffer {
  const data = Buffer.allocUnsafe(limit)
  let size = 0
  for (let n = 1; n > 0 && size < limit; size += n) n = readSync(fd, data, size, limit - size, size)
  return data.subarray(0, size)
}

/** True when the file, no link, holds exactly what the source holds. */
export function sameContent(path: Path, source: string): boolean {
  let own: number
  try {
    own = openSync(path, O_RDONLY | O_NOFOLLOW)
  } catch {
    return false
  }
  try {
    const other = openSync(source, O_RDONLY)
    try {
      return sameOpen(own, other)
    } finally {
      closeSync(other)
    }
  } finally {
    closeSync(own)
  }
}

function sameOpen(a: number, b: number): boolean {
  const { size } = fstatSync(a)
  if (size !== fstatSync(b).size) return false
  const [left, right] = [Buffer.allocUnsafe(chunk), Buffer.allocUnsafe(chunk)]
  for (let at = 0; at < size; ) {
    const n = readSync(a, left, 0, chunk, at)
    if (n === 0 || readSync(b, right, 0, n, at) !== n || left.compare(right, 0, n, 0, n) !== 0) return false
    at += n
  }
  return true
}
