// Opens one file of a result that still lies in a pack.
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { DistError, systemCode } from '../../../shared/base/errors.ts'
import type { OpenPacked } from '../../ports/result-places.ts'
import { readRecord } from '../pack-tar.ts'

/** `packs` = the data folder's packs/. All records of a result follow each other, named `<id>/<path>`. */
export function packedFiles(packs: string): OpenPacked {
  return (id, at, path) => {
    let fd: number
    try {
      fd = openSync(join(packs, `${at.pack}.tar`), constants.O_RDONLY)
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null
      throw error
    }
    const read = (offset: number, length: number): Buffer => {
      const buffer = Buffer.alloc(length)
      return buffer.subarray(0, readSync(fd, buffer, 0, length, offset))
    }
    try {
      for (let record = readRecord(read, at.offset); record?.name.startsWith(`${id}/`); record = readRecord(read, record.end)) {
        if (record.name === `${id}/${path}`) return { fd, start: record.offset, size: record.size }
      }
      throw new DistError('bug', `pack ${at.pack} does not hold ${path} of ${id}`)
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }
}
