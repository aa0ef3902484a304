// JSON Schema of the jobset file, made from schema.ts, for editors that complete and check while one types.
import { type Key, type KeyType, type MapSchema, type SchemaName, schemas } from './schema.ts'

type JsonSchema = Readonly<Record<string, unknown>>

/** Draft 2020-12. It accepts what the reader accepts, checks on names, paths and files excepted. */
export function jobsetJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'dist jobset',
    ...mapping('jobset'),
    $defs: Object.fromEntries(
      (Object.keys(schemas) as SchemaName[]).filter((name) => name !== 'jobset').map((name) => [name, mapping(name)]),
    ),
  }
}

function mapping(name: SchemaName): JsonSchema {
  const keys: readonly (readonly [string, Key])[] = Object.entries(schemas[name] as MapSchema)
  return {
    type: 'object',
    properties: Object.fromEntries(
      keys.filter(([, key]) => key.type !== 'later').map(([word, key]) => [word, { description: key.what, ...value(key.type) }]),
    ),
    required: keys.filter(([, key]) => key.required === true).map(([word]) => word),
    ...(name === 'slurm' ? {} : { additionalProperties: false }),
  }
}

function value(type: KeyType): JsonSchema {
  switch (type) {
    case 'text':
      return { type: ['string', 'number', 'boolean', 'null'] }
    case 'name':
      return { type: ['string', 'number', 'boolean'] }
    case 'count':
      return { type: ['integer', 'null'], minimum: 0 }
    case 'words':
      return { type: ['array', 'null'], items: { type: ['string', 'number', 'boolean'] } }
    case 'file':
      return { anyOf: [{ type: 'string' }, { $ref: '#/$defs/file' }, { type: 'null' }] }
    case 'files':
      return { type: ['array', 'null'], items: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/file' }] } }
    case 'jobs':
      return { type: 'array', items: { $ref: '#/$defs/job' } }
    case 'slurm':
      return { anyOf: [{ $ref: '#/$defs/slurm' }, { type: 'null' }] }
    case 'initialize':
      return { anyOf: [{ $ref: '#/$defs/initialize' }, { type: 'null' }] }
    case 'meta':
    case 'python':
      return { $ref: `#/$defs/${type}` }
    case 'later':
      return {}
  }
}
