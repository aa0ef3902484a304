// Manifest of a small result, hashed in the writer thread so that the head's event loop does not.
import { sha256 } from '../../shared/files/digest.ts'
import type { Manifest, ManifestEntry } from '../../shared/model/manifest.ts'
import type { FinishedResult } from '../ports/finish-item.ts'

/** Manifest of whatever came with a finished attempt; empty when nothing did. */
export function manifestOf(result: FinishedResult): Manifest {
  switch (result.kind) {
    case 'none':
      return []
    case 'incoming':
      return result.manifest
    case 'inline': {
      const entries: ManifestEntry[] = result.files.map((file) => ({
        kind: 'file',
        path: file.path,
        size: file.data.byteLength,
        mode: file.mode,
        sha256: sha256(file.data),
      }))
      for (const path of result.folders) entries.push({ kind: 'folder', path })
      return entries
    }
  }
}
