// Tokens of people: made, replaced (the head's own admin token), revoked. Rows keep a hash, never the secret.
import { DistError } from '../../../shared/base/errors.ts'
import type { Role } from '../../../shared/model/role.ts'
import type { TokenRow } from '../../ports/token-reads.ts'
import { transition } from '../transition.ts'

export interface CreateToken {
  readonly id: string
  readonly name: string
  readonly role: Role
  /** SHA-256 of the secret */
  readonly hash: Uint8Array
}

/** `by`: who asked for it, for the log of events. */
export const createToken = transition<CreateToken & { readonly by: string }, TokenRow>((db) => {
  const insert = db.prepare('INSERT INTO token (id, hash, name, role, created_at) VALUES (?, ?, ?, ?, ?)')
  return ({ id, name, role, hash, by }, context) => {
    insert.run(id, hash, name, role, context.now)
    context.event('token_created', {}, { token: id, name, role, by })
    return { id, name, role, createdAt: context.now, revokedAt: null }
  }
})

/** The one token under this id from now on; whatever had it is no token any more. */
export const replaceToken = transition<CreateToken, void>((db) => {
  const put = db.prepare(
    `INSERT INTO token (id, hash, name, role, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, name = excluded.name, role = excluded.role, created_at = excluded.created_at, revoked_at = NULL`,
  )
  return ({ id, name, role, hash }, context) => {
    put.run(id, hash, name, role, context.now)
    context.event('token_created', {}, { token: id, name, role, by: 'head' })
  }
})

/** Revoking twice is no error; the first time counts. */
export const revokeToken = transition<{ readonly id: string; readonly by: string }, TokenRow>((db) => {
  const revoke = db.prepare('UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL')
  const find = db.prepare<[string], TokenRow>(
    'SELECT id, name, role, created_at AS createdAt, revoked_at AS revokedAt FROM token WHERE id = ?',
  )
  return ({ id, by }, context) => {
    const fresh = revoke.run(context.now, id).changes === 1
    const row = find.get(id)
    if (row === undefined) throw new DistError('not_found', `there is no token ${id}`, { hint: 'see: dist token list' })
    if (fresh) context.event('token_revoked', {}, { token: id, name: row.name, by })
    return row
  }
})
