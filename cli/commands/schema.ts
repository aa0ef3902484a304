// `dist schema`: the JSON Schema of the jobset file, for editors that complete and check while one types.
import { jobsetJsonSchema } from '../../shared/config/json-schema.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'

/** --json: the schema, on one line. */
export function schema(context: Context): Promise<number> {
  const value = jobsetJsonSchema()
  if (!context.json) context.io.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
  context.value(value)
  return Promise.resolve(exitCode.done)
}
