// One file of a workspace: proved to be what was put there, or written. Called by workspace.ts.
import { type BigIntStats, chmodSync, closeSync, constants, fchmodSync, fstatSync, ftruncateSync, openSync, renameSync } from 'node:fs'
import { copyNew, readUpTo, sameContent } from './copy.ts'
import { writeAll } from './journal.ts'
import type { Wanted } from './plan.ts'
import { look, remove } from './remove.ts'

const small = 64 << 10
const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants

/** What a file was when we put it there. A later ctime, another inode, size or mode mean that somebody was at it. */
export interface Known {
  readonly inode: bigint
  /** ns */
  readonly changed: bigint
  readonly size: bigint
  /** type and permission bits */
  readonly mode: bigint
  readonly sha256: string
}

/** A file whose ctime is later than `trust` (ns) is compared: the clock of ctimes may tick as slowly as 10 ms. */
export function isProved(path: string, want: Wanted, known: Known | undefined, trust: bigint): boolean {
  if (known === undefined || known.sha256 !== want.sha256 || Number(known.mode & 0o7777n) !== want.mode) return false
  const facts = look(path)
  if (facts === null || !facts.isFile()) return false
  const same = facts.ino === known.inode && facts.ctimeNs === known.changed && facts.size === known.size && facts.mode === known.mode
  return same && (known.changed <= trust || (want.how === 'c' && sameContent(path, want.source)))
}

/** Makes the file what it must be, whatever is at its place now. */
export function placeFile(path: string, want: Wanted): Known {
  const facts = want.how === 'm' ? moveIn(path, want) : copyIn(path, want)
  return { inode: facts.ino, changed: facts.ctimeNs, size: facts.size, mode: facts.mode, sha256: want.sha256 }
}

function moveIn(path: string, want: Wanted): BigIntStats {
  const there = look(path)
  if (there !== null && !there.isFile()) remove(path)
  renameSync(want.source, path)
  if (look(path)?.isFile() !== true) throw new Error(`prepared input is not a file: ${want.source}`)
  chmodSync(path, want.mode)
  return lookAgain(path)
}

function copyIn(path: string, want: Wanted): BigIntStats {
  const source = openSync(want.source, O_RDONLY)
  try {
    const data = readUpTo(source, small + 1)
    const there = look(path)
    if (data.length > small) {
      if (there !== null) remove(path)
      copyNew(want.source, path)
      chmodSync(path, want.mode)
      return lookAgain(path)
    }
    return fill(path, there, data, want.mode)
  } finally {
    closeSync(source)
  }
}

function fill(path: string, there: BigIntStats | null, data: Buffer, mode: number): BigIntStats {
  // In place: the folder keeps its ctime. Never through another name or a link.
  let target = data.length > 0 && there?.isFile() === true && there.nlink === 1n ? openOver(path) : null
  if (target === null) {
    if (there !== null) remove(path)
    target = openSync(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
  }
  try {
    writeAll(target, data)
    ftruncateSync(target, data.length)
    fchmodSync(target, mode)
    return fstatSync(target, { bigint: true })
  } finally {
    closeSync(target)
  }
}

function openOver(path: string): number | null {
  try {
    return openSync(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch {
    return null
  }
}

function lookAgain(path: string): BigIntStats {
  const facts = look(path)
  if (facts === null) throw new Error(`${path} went away while it was put in place`)
  return facts
}
