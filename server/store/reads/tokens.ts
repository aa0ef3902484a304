// Reads of tokens, for the authentication of every request and for the list.
import type Database from 'better-sqlite3'
import type { Role } from '../../../shared/model/role.ts'
import type { TokenRow } from '../transitions/tokens.ts'

export interface LiveToken {
  readonly id: string
  readonly name: string
  readonly role: Role
}

/** Token by the hash of its secret; undefined when there is none or it was revoked. */
export function tokenByHash(db: Database.Database): (hash: Uint8Array) => LiveToken | undefined {
  const find = db.prepare<[Uint8Array], LiveToken>('SELECT id, name, role FROM token WHERE hash = ? AND revoked_at IS NULL')
  return (hash) => find.get(hash)
}

/** All tokens, newest first. */
export function listTokens(db: Database.Database): TokenRow[] {
  return db
    .prepare<[], TokenRow>(
      'SELECT id, name, role, created_at AS createdAt, revoked_at AS revokedAt FROM token ORDER BY created_at DESC, id',
    )
    .all()
}
