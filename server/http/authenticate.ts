// Who calls: `Authorization: Bearer` -> a token or a node's session. Runs for every path, unknown ones too, before a byte
// of the body is read.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DistError } from '../../shared/base/errors.ts'
import type { Role } from '../../shared/model/role.ts'
import type { Caller } from '../ports/identities.ts'
import type { HttpContext } from './deps.ts'

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

export function addAuthentication(app: FastifyInstance, { identities, calls }: HttpContext): void {
  app.decorateRequest('caller', null)
  app.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    calls.begin(request, reply)
    const roles = request.routeOptions.config?.roles
    if (roles === null) {
      done()
      return
    }
    const caller = identities.callerOf(request.headers.authorization)
    if (caller === null) {
      done(unauthenticated(request.headers.authorization !== undefined))
      return
    }
    request.caller = caller
    calls.ownedBy(request, caller)
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
