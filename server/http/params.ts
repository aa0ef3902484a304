// What the `:name` parts of the contract's paths may be. A part that does not fit names nothing: `not_found`.
import { z } from 'zod'
import { DistError } from '../../shared/base/errors.ts'

const id = z.string().regex(/^[0-9a-z_-]{1,64}$/)
const row = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)

/** By parameter name; `*` is the rest of the path. */
export const paramSchemas: Readonly<Record<string, z.ZodType>> = {
  id,
  draft: z.string().regex(/^[0-9a-f]{32}$/),
  jobset: row,
  job: row,
  attempt: z.string().regex(/^[0-9a-f]{32}$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  '*': z.string().min(1).max(1024),
}

/** Names of the parameters in a path of the contract. */
export function paramNames(path: string): string[] {
  const names = [...path.matchAll(/:([a-z0-9]+)/g)].map((match) => match[1] ?? '')
  return path.endsWith('/*') ? [...names, '*'] : names
}

export function parseParams(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const parsed: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(raw)) {
    const result = paramSchemas[name]?.safeParse(value)
    if (result?.success !== true) {
      throw new DistError('not_found', `${JSON.stringify(String(value).slice(0, 100))} names no ${name === '*' ? 'file' : name}`)
    }
    parsed[name] = result.data
  }
  return parsed
}
