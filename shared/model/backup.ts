// `backup.json`: the last file of a backup. A folder without it is no whole backup; a head that finds it in its data folder
// checks what it says, and counts itself restored.
import type { Sha256 } from './ids.ts'

export const backupFile = 'backup.json'

export interface BackupSeal {
  readonly format: 1
  /** random, 32 hex digits: one restore is noticed once */
  readonly id: string
  /** the head that was copied */
  readonly head: string
  readonly version: string
  /** wall ms at which the database was copied */
  readonly takenAt: number
  readonly database: { readonly size: number; readonly sha256: Sha256 }
  /** plain files in blobs/ and results/ */
  readonly files: number
  readonly bytes: number
  /** files that the head should have had and did not; the first hundred */
  readonly lacking: readonly { readonly path: string; readonly problem: string }[]
  readonly lackingCount: number
}
