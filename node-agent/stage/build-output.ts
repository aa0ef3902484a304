// What a shared build printed, kept beside its workspace as ws/<place>.out: a jobset that uses the build later gets a copy
// of it under its own name. Written when a build is kept (loop/run-effects.ts), read when it is lent (loop/staging.ts).
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingMark } from '../../shared/model/output-cap.ts'
import type { Result } from '../core/work.ts'

/** Bytes kept of a long one, half from each end: it travels inside a message. */
const most = 1 << 20

/** `folder`: attempts/<id>, where a long output lies. */
export function keepOutput(path: string, result: Result, folder: string): void {
  const { body } = result
  if (body.kind === 'small') writeFileSync(path, body.output)
  else if (body.kind === 'large') writeFileSync(path, bothEnds(folder))
  else writeFileSync(path, '')
}

/** Empty when it is not there: the build is good all the same. */
export function keptOutput(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch {
    return new Uint8Array()
  }
}

function bothEnds(folder: string): Buffer {
  let fd: number
  try {
    fd = openSync(join(folder, 'stdout.cut.txt'), 'r')
  } catch {
    fd = openSync(join(folder, 'stdout.txt'), 'r')
  }
  try {
    const { size } = fstatSync(fd)
    if (size <= most) return piece(fd, 0, size)
    const half = most / 2
    return Buffer.concat([piece(fd, 0, half), Buffer.from(missingMark(half, size - half)), piece(fd, size - half, half)])
  } finally {
    closeSync(fd)
  }
}

function piece(fd: number, from: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  return buffer.subarray(0, readSync(fd, buffer, 0, bytes, from))
}
