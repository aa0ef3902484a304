// Who calls: `Authorization: Bearer` -> a token row or a node's session. Runs for every path, unknown ones too, before
// a byte of the body is read.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DistError } from '../../shared/base/errors.ts'
import type { Role } from '../../shared/model/role.ts'
import { hashSecret } from '../security/secrets.ts'
import { tokenByHash } from '../store/reads/tokens.ts'
import type { Caller, HttpContext, HttpDeps } from './deps.ts'

/** Stands in for the caller of routes that need no token. */
export const nobody: Caller = { id: '', name: '', role: 'observer' }

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
  interface FastifyContextConfig {
    /** roles that may; null = no token needed; undefined (unknown paths) = any role */
    roles?: readonly Role[] | null
  }
}

export type LookUp = (header: string | undefined) => Caller | null

export function addAuthentication(app: FastifyInstance, context: HttpContext, lookUp: LookUp): void {
  app.decorateRequest('caller', null)
  app.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    context.calls.begin(request, reply)
    const roles = request.routeOptions.config?.roles
    if (roles === null) {
      done()
      return
    }
    const caller = lookUp(request.headers.authorization)
    if (caller === null) {
      done(unauthenticated(request.headers.authorization !== undefined))
      return
    }
    request.caller = caller
    context.calls.ownedBy(request, caller)
    if (roles !== undefined && !roles.includes(caller.role)) {
      done(new DistError('forbidden', `${caller.name} has the role ${caller.role}; this needs ${roles.join(' or ')}`))
      return
    }
    done()
  })
}

export function unauthenticated(tokenGiven: boolean): DistError {
  return new DistError('unauthenticated', tokenGiven ? 'this token is not known here' : 'a token is needed', {
    hint: 'set DIST_TOKEN to a token that an administrator made with: dist token create',
  })
}

/** Finds the caller by the Authorization header; null when it names nobody. */
export function callerOf({ reads, bearers }: HttpDeps): LookUp {
  const byHash = tokenByHash(reads)
  return (header) => {
    const secret = /^Bearer +([\x21-\x7e]{1,500})$/i.exec(header ?? '')?.[1]
    if (secret === undefined) return null
    const token = byHash(hashSecret(secret))
    if (token !== undefined) return { id: token.id, name: token.name, role: token.role }
    const node = bearers.nodeOf(secret)
    return node === null ? null : { id: node, name: node, role: 'node' }
  }
}

/** A user changes only what is theirs. */
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
