// A user sees everything and changes only what is theirs: owner = name of the token. For routes that change something.
import { DistError } from '../../shared/base/errors.ts'
import type { Caller } from '../ports/identities.ts'

export function assertOwner(caller: Caller, owner: string, what: string): void {
  if (caller.role === 'admin' || caller.name === owner) return
  throw new DistError('forbidden', `${what} is of ${owner}; ${caller.name} may look at it, not change it`, {
    hint: `ask ${owner} or an administrator`,
  })
}

/** What the draft transitions compare with a draft's owner; null = may touch all. */
export function actingAs(caller: Caller): string | null {
  return caller.role === 'admin' ? null : caller.name
}
