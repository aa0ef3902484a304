// A schema as people read it: `{jobset, sent: {files: number}, failures?: [string]}`. Pure.
import { z } from 'zod'
import { named } from './shapes.ts'

const registry = z.registry<{ id: string }>()
for (const [id, schema] of Object.entries(named)) registry.add(schema, { id })

interface Json {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Json[]
  readonly oneOf?: readonly Json[]
  readonly items?: Json
  readonly properties?: Readonly<Record<string, Json>>
  readonly required?: readonly string[]
  readonly $defs?: Readonly<Record<string, Json>>
}

/** Alternatives in the order in which they were declared; others have one. */
export function notation(schema: z.ZodType): string[] {
  const json = z.toJSONSchema(schema, { metadata: registry, io: 'output' }) as Json
  return json.anyOf === undefined ? [text(json)] : json.anyOf.map(text)
}

/** The same of a named object, with its own fields told. */
export function fieldsOf(name: keyof typeof named): string {
  const json = z.toJSONSchema(named[name], { metadata: registry, io: 'output' }) as Json
  return text(json.$ref === undefined ? json : (json.$defs?.[name] ?? json))
}

function text(json: Json): string {
  if (json.$ref !== undefined) return json.$ref.split('/').at(-1) ?? ''
  const alternatives = json.anyOf ?? json.oneOf
  if (alternatives !== undefined) return alternatives.map(text).join(' | ')
  if (json.enum !== undefined) return json.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (json.const !== undefined) return JSON.stringify(json.const)
  const { type } = json
  if (typeof type === 'object') return type.map((one) => text({ ...json, type: one })).join(' | ')
  switch (type) {
    case 'object':
      return json.properties === undefined ? 'object' : object(json)
    case 'array':
      return `[${text(json.items ?? {})}]`
    case 'string':
      return 'string'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
    case 'null':
      return type
    default:
      return 'anything'
  }
}

function object({ properties = {}, required = [] }: Json): string {
  const fields = Object.entries(properties).map(([name, value]) => {
    const mark = required.includes(name) ? '' : '?'
    const shown = text(value)
    return value.$ref !== undefined && shown === name && mark === '' ? name : `${name}${mark}: ${shown}`
  })
  return `{${fields.join(', ')}}`
}
