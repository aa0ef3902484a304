// One file of a large result on its way in: looked at, copied, written with its hash checked, linked. Nothing appears
// under its name before it is whole and right.
import { createHash } from 'node:crypto'
import { chmodSync, closeSync, constants, fchmodSync, readlinkSync, renameSync, rmSync, symlinkSync, writeSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { DistError, systemCode } from '../../shared/base/errors.ts'
import { sha256File } from '../../shared/files/digest.ts'
import type { FileEntry } from '../../shared/model/manifest.ts'
import type { IncomingFolder } from './incoming-folder.ts'

/** True for a whole, verified file; a torn one is removed. */
export async function isHere(folder: IncomingFolder, entry: FileEntry, verified: Set<string>): Promise<boolean> {
  const size = folder.sizeOf(entry.path)
  if (size === entry.size && verified.has(entry.path)) return true
  verified.delete(entry.path)
  if (size === null) return false
  const path = folder.fileOf(entry.path)
  if (size === entry.size && (await sha256File(path)).sha256 === entry.sha256) {
    verified.add(entry.path)
    return true
  }
  rmSync(path, { force: true })
  return false
}

/** A copy of a content that lies on this disk; false when it is gone or was cut meanwhile. */
export async function copied(source: string, folder: IncomingFolder, entry: FileEntry): Promise<boolean> {
  try {
    await copyFile(source, folder.partPath, constants.COPYFILE_FICLONE)
    chmodSync(folder.partPath, entry.mode | 0o600)
    renameSync(folder.partPath, folder.makeParent(entry.path))
  } catch (error) {
    rmSync(folder.partPath, { force: true })
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
  return folder.sizeOf(entry.path) === entry.size
}

/** Idempotent: a link that is there already with this target stays. */
export function makeLink(path: string, target: string): void {
  try {
    if (readlinkSync(path) === target) return
    rmSync(path)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
  symlinkSync(target, path)
}

/** Hashed while it is written beside; `hash_mismatch` leaves nothing. */
export async function writeVerified(folder: IncomingFolder, entry: FileEntry, body: AsyncIterable<Buffer>): Promise<void> {
  const hash = createHash('sha256')
  const fd = folder.createPart()
  try {
    for await (const chunk of body) {
      hash.update(chunk)
      let at = 0
      while (at < chunk.length) at += writeSync(fd, chunk, at)
    }
    if (hash.digest('hex') !== entry.sha256) {
      throw new DistError('hash_mismatch', `the bytes of ${JSON.stringify(entry.path)} do not have the hash that the manifest says`)
    }
    fchmodSync(fd, entry.mode | 0o600)
  } catch (error) {
    folder.dropPart(fd)
    throw error
  }
  closeSync(fd)
  renameSync(folder.partPath, folder.makeParent(entry.path))
}
