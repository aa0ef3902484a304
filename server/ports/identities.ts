// Who is who, for the routes: callers by their secrets, tokens, join codes, nodes. Implemented by security/.
import type { Role } from '../../shared/model/role.ts'
import type { TokenRow } from './token-reads.ts'

/** Who calls. `id` of the token row, or of the node; `name` is what a jobset's owner is compared with. */
export interface Caller {
  readonly id: string
  readonly name: string
  readonly role: Role
}

export interface Identities {
  /** By the Authorization header; null when it names nobody (any more). */
  callerOf(header: string | undefined): Caller | null
  tokens(): TokenRow[]
  /** `secret` is told only here. */
  createToken(name: string, role: Role, by: string): Promise<TokenRow & { readonly secret: string }>
  revokeToken(id: string, by: string): Promise<TokenRow>
  /** A join code: single use, 15 minutes. `expiresAt`: wall ms. */
  invite(): Promise<{ readonly code: string; readonly expiresAt: number }>
  /** Node id for a code and a public key. `bad_join_code`, or `bad_request` for a key or name that cannot be. */
  enroll(request: { readonly code: string; readonly key: string; readonly name: string; readonly version: string }): Promise<string>
}
