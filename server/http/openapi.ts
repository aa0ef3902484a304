// The contract table as an OpenAPI 3.1 document. Pure: called by the route, and by whoever writes the file.
import { z } from 'zod'
import { apiPrefix, routes } from '../../shared/api/routes.ts'
import { errorReply } from '../../shared/api/shapes.ts'
import type { Route } from './deps.ts'
import { paramNames, paramSchemas } from './params.ts'

type Json = Record<string, unknown>

/** `version`: of the head that serves it. */
export function openApi(version: string): Json {
  const paths: Record<string, Json> = {}
  for (const [name, route] of Object.entries<Route>(routes)) {
    const path = apiPrefix + route.path.replace(/:([a-z0-9]+)/g, '{$1}').replace(/\*$/, '{path}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'dist', version, description: 'HTTP API of a dist head.' },
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: schemaOf(errorReply, 'output') },
    },
  }
}

function operation(name: string, route: Route): Json {
  const roles = route.roles === null ? 'Needs no token.' : `Roles: ${route.roles.join(', ')}.`
  const status = String(route.status ?? 200)
  const body = bodyOf(route)
  return {
    operationId: name,
    summary: route.summary,
    description: roles,
    ...(route.roles === null ? { security: [] } : {}),
    parameters: [...pathParameters(route.path), ...queryParameters(route.query)],
    ...(body === null ? {} : { requestBody: { required: true, content: body } }),
    responses: {
      [status]: { description: 'Success.', content: replyOf(route) },
      default: { description: 'Failure.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  }
}

function bodyOf(route: Route): Json | null {
  if (route.body !== undefined) return { 'application/json': { schema: schemaOf(route.body, 'input') } }
  return route.stream === undefined ? null : { [route.stream]: {} }
}

function replyOf(route: Route): Json {
  if (route.replyStream !== undefined) return { [route.replyStream]: {} }
  return { 'application/json': { schema: route.reply === undefined ? {} : schemaOf(route.reply, 'output') } }
}

function pathParameters(path: string): Json[] {
  return paramNames(path).map((name) => ({
    name: name === '*' ? 'path' : name,
    in: 'path',
    required: true,
    schema: schemaOf(paramSchemas[name] ?? z.string(), 'input'),
  }))
}

function queryParameters(query: z.ZodType | undefined): Json[] {
  if (query === undefined) return []
  const { properties, required } = schemaOf(query, 'output') as { properties?: Json; required?: string[] }
  return Object.entries(properties ?? {}).map(([name, schema]) => {
    const hasDefault = typeof schema === 'object' && schema !== null && 'default' in schema
    return { name, in: 'query', required: !hasDefault && (required?.includes(name) ?? false), schema }
  })
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  return json
}
