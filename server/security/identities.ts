// Who is who: callers by token or by a node's session, tokens, join codes, enrolment. Used by the routes.
import type { Clock } from '../../shared/base/clock.ts'
import type { NodeId } from '../../shared/model/ids.ts'
import type { NodeBearers } from '../ports/head.ts'
import type { Identities } from '../ports/identities.ts'
import type { Store } from '../ports/store.ts'
import type { TokenReads } from '../ports/token-reads.ts'
import { assertNodeName, canonicalKey } from './node-key.ts'
import { hashSecret, newJoinCode, newToken } from './secrets.ts'

const codeLifeMs = 15 * 60_000

export interface IdentityDeps {
  readonly store: Store
  readonly tokens: TokenReads
  readonly bearers: NodeBearers
  readonly clock: Clock
  /** cryptographically random bytes */
  readonly random: (size: number) => Buffer
}

export function identities({ store, tokens, bearers, clock, random }: IdentityDeps): Identities {
  const newId = (): string => random(6).toString('hex')
  return {
    callerOf(header) {
      const secret = /^Bearer +([\x21-\x7e]{1,500})$/i.exec(header ?? '')?.[1]
      if (secret === undefined) return null
      const token = tokens.byHash(hashSecret(secret))
      if (token !== undefined) return token
      const node = bearers.nodeOf(secret)
      return node === null ? null : { id: node, name: node, role: 'node' }
    },

    tokens: () => tokens.list(),

    async createToken(name, role, by) {
      const secret = newToken(random)
      const row = await store.run('createToken', { id: newId(), name, role, hash: hashSecret(secret), by })
      return { ...row, secret }
    },

    revokeToken: (id, by) => store.run('revokeToken', { id, by }),

    async invite() {
      const code = newJoinCode(random)
      const expiresAt = clock.wall() + codeLifeMs
      await store.run('createInvite', { hash: hashSecret(code), expiresAt })
      return { code, expiresAt }
    },

    async enroll({ code, key, name, version }) {
      assertNodeName(name)
      const request = { hash: hashSecret(code), key: canonicalKey(key), name, version, id: newId() as NodeId }
      return (await store.run('enroll', request)).node
    },
  }
}
