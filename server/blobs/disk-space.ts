// Uploads stop before the disk is full, so that transitions, results' rows and `dist kill` can still be written
// (durability.md 8). Work goes on by itself when there is room again.
import { statfsSync } from 'node:fs'
import { DistError } from '../../shared/base/errors.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { DiskSpace } from '../ports/disk-space.ts'

/** Kept free: 5 % of the disk, but no more than this. */
const mostReserve = 128 << 20

/** `folder` = the data folder. A look costs 2 us, so it may be asked for every chunk. */
export function diskSpace(folder: string): DiskSpace {
  return {
    assertFor(bytes) {
      const { bavail, blocks, bsize } = statfsSync(folder)
      const free = bavail * bsize
      const reserve = Math.min(mostReserve, (blocks * bsize) / 20)
      if (free - bytes >= reserve) return
      throw new DistError(
        'disk_full',
        `the disk of the head's data folder is full: ${formatBytes(free)} are left, which it keeps for its own records`,
        {
          hint: 'free space on it, then send it again: what arrived is kept',
        },
      )
    },
  }
}
