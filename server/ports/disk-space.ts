// Room on the data folder's disk, for whatever takes uploads. Implemented by blobs/.

export interface DiskSpace {
  /** Throws `disk_full` when `bytes` more would eat into what the head keeps for its own records. */
  assertFor(bytes: number): void
  /** True when no new work should be given out: results of what runs need the room that is left. */
  isLow(): boolean
  /** bytes */
  free(): number
}
