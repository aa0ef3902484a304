// Reads of tokens.
import type { TokenFacts, TokenReads, TokenRow } from '../../ports/token-reads.ts'
import type { ReadDb } from '../read-db.ts'

export function tokenReads(db: ReadDb): TokenReads {
  const byHash = db.prepare<[Uint8Array], TokenFacts>('SELECT id, name, role FROM token WHERE hash = ? AND revoked_at IS NULL')
  const all = db.prepare<[], TokenRow>(
    'SELECT id, name, role, created_at AS createdAt, revoked_at AS revokedAt FROM token ORDER BY created_at DESC, id',
  )
  return { byHash: (hash) => byHash.get(hash), list: () => all.all() }
}
