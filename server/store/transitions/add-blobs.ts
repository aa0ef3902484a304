// Contents that lie hashed and synced in blobs/ become known. A content without a row counts as missing.
import { transition } from '../transition.ts'
import type { NamedBlob } from './draft-blobs.ts'

export const addBlobs = transition<{ readonly blobs: readonly NamedBlob[] }, void>((db) => {
  const insert = db.prepare('INSERT INTO blob (sha256, size) VALUES (?, ?) ON CONFLICT DO NOTHING')
  return ({ blobs }) => {
    for (const { sha256, size } of blobs) insert.run(Buffer.from(sha256, 'hex'), size)
  }
})
