import { expect, test } from 'vitest'
import { apiPrefix, routes } from '../../shared/api/routes.ts'
import type { Route } from './deps.ts'
import { openApi } from './openapi.ts'
import { withHead } from './test-support.ts'

test('every route of the contract is in the OpenAPI document, with its parameters, body and replies', () => {
  const document = openApi('1.2.3') as {
    paths: Record<string, Record<string, { operationId: string; parameters: { name: string }[]; responses: object }>>
  }
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(routes).sort())
  const wait = document.paths[`${apiPrefix}/jobsets/{jobset}/wait`]?.['get']
  expect(wait?.parameters.map(({ name }) => name)).toEqual(['jobset', 'after', 'seconds'])
  for (const [name, route] of Object.entries<Route>(routes)) {
    const operation = operations.find(({ operationId }) => operationId === name)
    expect(Object.keys(operation?.responses ?? {}), name).toEqual([String(route.status ?? 200), 'default'])
  }
})

test('the document is served to every role', async () => {
  await withHead(async (head) => {
    const answer = await head.call('GET', '/openapi.json', { token: await head.token('observer') })
    expect([answer.status, answer.json['openapi']]).toEqual([200, '3.1.0'])
  })
})
