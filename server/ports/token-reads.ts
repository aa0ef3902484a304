// Tokens as the security side reads them: by secret for every request, and as a list. Implemented by store/reads.
import type { Role } from '../../shared/model/role.ts'

export interface TokenFacts {
  readonly id: string
  readonly name: string
  readonly role: Role
}

export interface TokenRow extends TokenFacts {
  readonly createdAt: number
  readonly revokedAt: number | null
}

export interface TokenReads {
  /** by SHA-256 of the secret; undefined when there is none or it was revoked */
  byHash(hash: Uint8Array): TokenFacts | undefined
  /** all, newest first */
  list(): TokenRow[]
}
