// A schema against what came over the wire; all problems at once in the message.
import type { z } from 'zod'
import { DistError } from '../../shared/base/errors.ts'

const shown = 5

/** The parsed value; `bad_request` names up to five problems with their paths. */
export function validate(schema: z.ZodType, value: unknown, where: string): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new DistError('bad_request', `${where} does not fit the contract: ${problems(result.error.issues)}`, {
    hint: 'the contract is served under /api/v1/openapi.json; is the client of another version?',
  })
}

export function problems(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const texts = issues
    .slice(0, shown)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`))
  if (issues.length > shown) texts.push(`and ${issues.length - shown} more`)
  return texts.join('; ')
}
