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
  const refused = JSON.parse(JSON.stringify(jobsetJsonSchema(new Set(['shell', 'env', 'nice', 'search'])))) as typeof schema
  for (const word of ['meta', 'python', 'apptainer', 'slurm', 'priority', 'retries']) expect(refused.properties).toHaveProperty(word)
  for (const word of ['shell', 'env', 'nice', 'search', 'canary']) expect(refused.properties).not.toHaveProperty(word)
  const job = refused.$defs['python_job']
  expect(job).toMatchObject({ required: ['name', 'file'], additionalProperties: false })
  expect(Object.keys(job?.properties ?? {})).toEqual([
    ...['name', 'file', 'required_files', 'slurm', 'needs'],
    ...['resources', 'time_limit', 'retries', 'args', 'params', 'save'],
  ])
  expect(Object.keys(schema.$defs['slurm']?.properties ?? {})).toEqual(Object.keys(schemas.slurm))
})

test('a search is completed too, once it is offered: its words, its domains, and no jobs beside it', () => {
  const offered = JSON.parse(JSON.stringify(jobsetJsonSchema(new Set()))) as typeof schema
  expect(offered.properties).toHaveProperty('search')
  expect(offered.$defs['search']?.required).toEqual(['params'])
  expect(offered.$defs['search']?.properties['algorithm']).toMatchObject({
    enum: expect.arrayContaining(['grid', 'variant_generator', 'optuna']),
  })
  expect(Object.keys(offered.$defs['domain']?.properties ?? {})).toEqual(Object.keys(schemas.domain))
  expect([offered.$defs['python']?.required, schema.$defs['python']?.required]).toEqual([[], []])
})

test('unknown scheduler fields are no error, as in the reader', () => {
  expect(schema.$defs['slurm']?.additionalProperties).toBeUndefined()
})
