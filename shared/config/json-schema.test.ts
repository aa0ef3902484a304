import { expect, test } from 'vitest'
import { jobsetJsonSchema } from './json-schema.ts'
import { schemas } from './schema.ts'

const schema = JSON.parse(JSON.stringify(jobsetJsonSchema())) as {
  readonly properties: Record<string, unknown>
  readonly $defs: Record<
    string,
    { readonly properties: Record<string, unknown>; readonly required: string[]; readonly additionalProperties?: boolean }
  >
}

test('every reference leads to a definition', () => {
  const references = [...JSON.stringify(schema).matchAll(/"#\/\$defs\/(\w+)"/g)].map((match) => match[1] ?? '')
  expect(references.length).toBeGreaterThan(5)
  for (const name of references) expect(schema.$defs).toHaveProperty(name)
})

test('it offers what the reader takes, and not what comes later', () => {
  expect(Object.keys(schema.properties)).toEqual(['meta', 'python', 'slurm'])
  expect(schema.$defs['job']).toMatchObject({ required: ['name', 'file'], additionalProperties: false })
  expect(Object.keys(schema.$defs['job']?.properties ?? {})).toEqual(['name', 'file', 'required_files', 'slurm'])
  expect(Object.keys(schema.$defs['slurm']?.properties ?? {})).toEqual(Object.keys(schemas.slurm))
})

test('unknown scheduler fields are no error, as in the reader', () => {
  expect(schema.$defs['slurm']?.additionalProperties).toBeUndefined()
})
