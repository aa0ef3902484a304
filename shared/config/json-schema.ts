// JSON Schema of the jobset file, made from schema.ts, for editors that complete and check while one types.
import { retryClasses } from '../model/options.ts'
import type { Key, MapSchema } from './key.ts'
import { notYet } from './not-yet.ts'
import { type SchemaName, schemas } from './schema.ts'

type JsonSchema = Readonly<Record<string, unknown>>

/** Draft 2020-12. It accepts what the reader accepts, checks on names, paths, files and amounts excepted. */
export function jobsetJsonSchema(refused: ReadonlySet<string> = notYet): JsonSchema {
  const names = (Object.keys(schemas) as SchemaName[]).filter((name) => name !== 'jobset')
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'dist jobset',
    ...mapping('jobset', refused),
    $defs: Object.fromEntries(names.map((name) => [name, mapping(name, refused)])),
  }
}

function mapping(name: SchemaName, refused: ReadonlySet<string>): JsonSchema {
  const keys: readonly (readonly [string, Key])[] = Object.entries(schemas[name] as MapSchema)
  const taken = keys.filter(([word, key]) => key.type !== 'later' && (name === 'slurm' || !refused.has(word)))
  return {
    type: 'object',
    properties: Object.fromEntries(taken.map(([word, key]) => [word, { description: key.what, ...value(word, key, name) }])),
    required: keys.filter(([, key]) => key.required === true).map(([word]) => word),
    ...(name === 'slurm' ? {} : { additionalProperties: false }),
  }
}

const scalar = ['string', 'number', 'boolean']

function value(word: string, { type, required }: Key, name: SchemaName): JsonSchema {
  switch (type) {
    case 'text':
    case 'command':
    case 'duration':
    case 'bytes':
      return { type: required === true ? scalar : [...scalar, 'null'] }
    case 'name':
      return { type: scalar }
    case 'flag':
      return { type: ['boolean', 'null'] }
    case 'count':
      return { type: ['integer', 'null'], minimum: 0 }
    case 'many':
      return { type: required === true ? 'integer' : ['integer', 'null'], minimum: 1 }
    case 'nice':
      return { type: ['integer', 'null'], minimum: 0, maximum: 19 }
    case 'priority':
      return { type: ['integer', 'null'], minimum: -1000, maximum: 1000 }
    case 'max_fails':
      return {
        anyOf: [
          { type: ['integer', 'null'], minimum: 1 },
          { type: 'string', pattern: '^\\d+(\\.\\d+)?%?$' },
        ],
      }
    case 'cores':
      return { anyOf: [{ const: 'all' }, { type: ['integer', 'null'], minimum: 1 }, reference('cores')] }
    case 'words':
      return { type: ['array', 'null'], items: name === 'retries' ? { enum: retryClasses } : { type: scalar } }
    case 'file':
      return { anyOf: [{ type: 'string' }, reference('file'), ...(required === true ? [] : [{ type: 'null' }])] }
    case 'files':
      return { type: ['array', 'null'], items: { anyOf: [{ type: 'string' }, reference('file')] } }
    case 'fields':
    case 'env':
      return { type: ['object', 'null'], additionalProperties: { type: [...scalar, 'null'] } }
    case 'params':
      return { type: ['object', 'null'] }
    case 'slurm':
    case 'source':
    case 'resources':
    case 'retries':
    case 'save':
      return { anyOf: [reference(type), { type: 'null' }] }
    case 'meta':
      return reference('meta')
    case 'kind':
      return reference(word === 'singularity' ? 'apptainer' : word)
    case 'initialize':
      return { anyOf: [reference(`${name}_initialize`), ...(required === true ? [] : [{ type: 'null' }])] }
    case 'jobs':
      return { type: 'array', items: reference(`${name}_job`) }
    case 'later':
      return {}
  }
}

function reference(name: string): JsonSchema {
  return { $ref: `#/$defs/${name}` }
}
