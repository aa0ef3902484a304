// Public keys of enrolled nodes, from the rows.
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { ReadDb } from '../ports/read-db.ts'

export interface NodeKeys {
  /** null: unknown or revoked */
  find(node: string): { readonly name: string; readonly key: KeyObject } | null
}

/** `key` rows hold SPKI DER as base64, checked to be Ed25519 at enrolment. */
export function nodeKeys(db: ReadDb): NodeKeys {
  const find = db.prepare<[string], { name: string; key: string }>('SELECT name, key FROM node WHERE id = ? AND revoked_at IS NULL')
  return {
    find: (node) => {
      const row = find.get(node)
      if (row === undefined) return null
      return { name: row.name, key: createPublicKey({ key: Buffer.from(row.key, 'base64'), format: 'der', type: 'spki' }) }
    },
  }
}
