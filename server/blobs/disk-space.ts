// Uploads stop before the disk is full, so that transitions, results' rows and `dist kill` can still be written, and jobs
// stop being given out before that (durability.md 8). Work goes on by itself when there is room again.
import { statfsSync } from 'node:fs'
import { DistError } from '../../shared/base/errors.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { DiskSpace } from '../ports/disk-space.ts'

/** Kept free: 5 % of the disk, but no more than this. */
const mostReserve = 128 << 20
/** Free beyond the reserve while jobs are given out: 5 % of the disk, at most this. What runs then still finds room. */
const mostMargin = 512 << 20
/** Giving out begins again when so much of the margin is there more than it ended with. */
const again = 1.2

/** What statfs(2) tells. */
interface Blocks {
  readonly bavail: number
  readonly blocks: number
  readonly bsize: number
}

/** `folder` = the data folder. A look costs 2 us, so it may be asked for every chunk. */
export function diskSpace(folder: string, look: (folder: string) => Blocks = statfsSync): DiskSpace {
  let low = false
  return {
    assertFor(bytes) {
      const { bavail, blocks, bsize } = look(folder)
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

    free() {
      const { bavail, bsize } = look(folder)
      return bavail * bsize
    },

    isLow() {
      const { bavail, blocks, bsize } = look(folder)
      const share = (blocks * bsize) / 20
      const margin = Math.min(mostMargin, share) * (low ? again : 1)
      low = bavail * bsize < Math.min(mostReserve, share) + margin
      return low
    },
  }
}
