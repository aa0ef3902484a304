// The form of one line of the HTTP contract, and the groups of roles. Used by the files routes-*.ts.
import type { z } from 'zod'
import type { Role } from '../model/role.ts'

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** below apiPrefix, `:name` for parameters */
  readonly path: string
  /** who may call it; null = nobody's token is needed (enrol only) */
  readonly roles: readonly Role[] | null
  readonly summary: string
  readonly query?: z.ZodType
  /** JSON body */
  readonly body?: z.ZodType
  /** content type of a raw body, mutually exclusive with `body` */
  readonly stream?: string
  /** JSON reply */
  readonly reply?: z.ZodType
  /** content type of a raw reply, mutually exclusive with `reply` */
  readonly replyStream?: string
  /** status of success, 200 unless told */
  readonly status?: number
}

/** Who may call a route. */
export const readers = ['admin', 'user', 'observer'] as const
export const writers = ['admin', 'user'] as const
export const admins = ['admin'] as const
export const nodes = ['node'] as const
export const everyone = ['admin', 'user', 'observer', 'node'] as const
