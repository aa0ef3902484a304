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
    // with a search there are no jobs
    required: keys.filter(([word, key]) => key.required === true && word !== 'jobs').map(([word]) => word),
    ...(name === 'slurm' ? {} : { additionalProperties: false }),
  }
}

const scalar = ['string', 'number', 'boolean']

function value(word: string, { type, required, words }: Key, name: SchemaName): JsonSchema {
  if (words !== undefined) return { enum: [...words, null] }
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
    case 'search':
    case 'batchtk':
      return { anyOf: [reference(type), { type: 'null' }] }
    case 'space':
      return { type: 'object', additionalProperties: { anyOf: [{ type: [...scalar, 'array', 'null'] }, reference('domain')] } }
    case 'numbers':
      return { anyOf: [{ type: 'number' }, { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: 3 }] }
    case 'one_or_more':
      return { anyOf: [{ type: [...scalar, 'null'] }, { type: 'array', items: { type: scalar } }] }
    case 'points':
      return { type: ['array', 'null'], items: { type: 'object' } }
    case 'on_failure':
      return { anyOf: [{ enum: ['skip', 'stop', null] }, reference('penalty')] }
    case 'tries':
      return { anyOf: [{ type: ['integer', 'null'], minimum: 0 }, reference('retries')] }
    case 'any':
    case 'unneeded':
    case 'later':
      return {}
  }
}

function reference(name: string): JsonSchema {
  return { $ref: `#/$defs/${name}` }
}
