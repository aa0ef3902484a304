// Join codes and the nodes that come by them.
//
//   invite: open -> bound to the first public key presented (which may repeat it, also later) ; open -> expired
//
// A key that is known already keeps its node, whatever code it comes with.
import { DistError } from '../../../shared/base/errors.ts'
import type { NodeId } from '../../../shared/model/ids.ts'
import { transition } from '../transition.ts'

/** `expiresAt`: wall ms. Codes that ran out a day ago unused are removed on the way. */
export const createInvite = transition<{ readonly hash: Uint8Array; readonly expiresAt: number }, void>((db) => {
  const sweep = db.prepare('DELETE FROM invite WHERE key IS NULL AND expires_at < ?')
  const insert = db.prepare('INSERT INTO invite (hash, created_at, expires_at) VALUES (?, ?, ?)')
  return ({ hash, expiresAt }, context) => {
    sweep.run(context.now - 24 * 3600_000)
    insert.run(hash, context.now, expiresAt)
  }
})

export interface Enroll {
  /** SHA-256 of the join code */
  readonly hash: Uint8Array
  /** public key, SPKI DER, base64 */
  readonly key: string
  /** wanted; `-2` and so on is added when it is taken */
  readonly name: string
  readonly version: string
  /** random, used if the node is new */
  readonly id: NodeId
}

interface InviteRow {
  readonly expires_at: number
  readonly key: string | null
}

export const enroll = transition<Enroll, { readonly node: NodeId; readonly name: string }>((db) => {
  const invite = db.prepare<[Uint8Array], InviteRow>('SELECT expires_at, key FROM invite WHERE hash = ?')
  const bind = db.prepare('UPDATE invite SET key = ?, node = ? WHERE hash = ?')
  const byKey = db.prepare<[string], { id: string; name: string; revoked_at: number | null }>(
    'SELECT id, name, revoked_at FROM node WHERE key = ?',
  )
  const nameTaken = db.prepare<[string], number>('SELECT count(*) FROM node WHERE name = ?').pluck()
  const insert = db.prepare('INSERT INTO node (id, key, name, version, joined_at) VALUES (?, ?, ?, ?, ?)')
  return ({ hash, key, name, version, id }, context) => {
    const row = invite.get(hash)
    if (row === undefined) throw refused('this join code is not known here')
    if (row.key !== null && row.key !== key) throw refused('this join code was used by another node')
    if (row.key === null && row.expires_at < context.now) throw refused('this join code has run out')
    const known = byKey.get(key)
    if (known !== undefined) {
      if (known.revoked_at !== null) throw new DistError('forbidden', `the node ${known.name} was removed from this head`)
      bind.run(key, known.id, hash)
      return { node: known.id as NodeId, name: known.name }
    }
    let free = name
    for (let n = 2; nameTaken.get(free) !== 0; n++) free = `${name}-${n}`
    insert.run(id, key, free, version, context.now)
    bind.run(key, id, hash)
    context.event('node_joined', { node: id }, { name: free, version })
    return { node: id, name: free }
  }
})

function refused(why: string): DistError {
  return new DistError('bad_join_code', why, { hint: 'make a new one on the head: dist node invite' })
}
