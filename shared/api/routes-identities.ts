// Routes of tokens, join codes and enrolment.
import { admins, type Route } from './route.ts'
import * as shape from './shapes.ts'

export const identityRoutes = {
  enroll: {
    method: 'POST',
    path: '/enroll',
    roles: null,
    body: shape.enrollRequest,
    reply: shape.enrollReply,
    summary: 'An agent trades a join code and its public key for a node id. The same key gets the same answer again.',
  },
  inviteNode: {
    method: 'POST',
    path: '/nodes/invite',
    roles: admins,
    reply: shape.inviteReply,
    status: 201,
    summary: 'Makes a join code: single use, 15 minutes.',
  },
  tokens: { method: 'GET', path: '/tokens', roles: admins, reply: shape.tokensReply, summary: 'Tokens, without their secrets.' },
  createToken: {
    method: 'POST',
    path: '/tokens',
    roles: admins,
    body: shape.createTokenRequest,
    reply: shape.createTokenReply,
    status: 201,
    summary: 'Makes a token; its secret is shown only here.',
  },
  revokeToken: {
    method: 'DELETE',
    path: '/tokens/:id',
    roles: admins,
    reply: shape.tokenReply,
    summary: 'Revokes a token and closes its live connections.',
  },
} as const satisfies Record<string, Route>
