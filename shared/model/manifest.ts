// The list of files that an attempt produced. Paths are relative to the job's result folder,
// `/`-separated, already checked by files/safe-path at the edge.
import type { Sha256 } from './ids.ts'

export type ManifestEntry =
  | { readonly kind: 'file'; readonly path: string; readonly size: number; readonly mode: number; readonly sha256: Sha256 }
  | { readonly kind: 'folder'; readonly path: string }
  /** a symbolic link that stays inside; `target` as stored in the link */
  | { readonly kind: 'link'; readonly path: string; readonly target: string }

export type FileEntry = Extract<ManifestEntry, { kind: 'file' }>

export type Manifest = readonly ManifestEntry[]
