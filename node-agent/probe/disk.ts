// Room on the disk of the work folder: below the mark the node takes no new work (durability.md 8).
import { statfsSync } from 'node:fs'

/** Free bytes below which a node says `disk_low`. */
const lowMark = 256 * 1024 * 1024

export interface Disk {
  readonly low: boolean
  /** bytes that jobs may ask for: free ones above the mark */
  readonly room: number
}

export function probeDisk(folder: string): Disk {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  return { low: free < lowMark, room: Math.max(0, free - lowMark) }
}

/**
 * What the head should be told after `told`, null = nothing new. While attempts are here (`busy`) only whether it runs full: what they
 * write was counted when they were given.
 */
export function diskNews(told: Disk, seen: Disk, busy: boolean): Disk | null {
  const room = !busy && roomChanged(told.room, seen.room) ? seen.room : told.room
  return seen.low === told.low && room === told.room ? null : { low: seen.low, room }
}

/** More than 1 GiB, or 5 %. */
export function roomChanged(told: number, now: number): boolean {
  const change = Math.abs(now - told)
  return change > 1024 ** 3 || change > told * 0.05
}
