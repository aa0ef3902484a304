// Schemas of parameter values with their types.
import { z } from 'zod'
import type { Value } from '../model/value.ts'

/** shared/model/value.ts, checked where it is used: it nests. */
export const value: z.ZodType<Value> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('null') }),
    z.object({ kind: z.literal('bool'), value: z.boolean() }),
    z.object({ kind: z.literal('int'), value: z.int() }),
    z.object({ kind: z.literal('float'), value: z.number() }),
    z.object({ kind: z.literal('text'), value: z.string() }),
    z.object({ kind: z.literal('list'), items: z.array(value) }),
    z.object({ kind: z.literal('tuple'), items: z.array(value) }),
    z.object({ kind: z.literal('map'), entries: z.array(z.tuple([z.string(), value])) }),
  ]),
)
export const params = z.array(z.tuple([z.string(), value]))
