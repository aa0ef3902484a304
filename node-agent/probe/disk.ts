// Room on the disk of the work folder: below the mark the node takes no new work (durability.md 8).
import { statfsSync } from 'node:fs'

/** Free bytes below which a node says `disk_low`. */
const lowMark = 256 * 1024 * 1024

export function diskLow(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize < lowMark
}
