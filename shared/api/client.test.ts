import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { emptySpec } from '../model/test-support.ts'
import { HttpClient } from '../net/http.ts'
import { HeadClient } from './client.ts'
import { apiPrefix, type Route, type RouteName, routes } from './routes.ts'

let server: Server
let client: HeadClient
const seen: { method: string; path: string; query: Record<string, string>; type: string; body: string }[] = []

beforeEach(async () => {
  seen.length = 0
  server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://x')
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const type = request.headers['content-type'] ?? ''
    const body = Buffer.concat(chunks).toString()
    seen.push({ method: request.method ?? '', path: url.pathname, query: Object.fromEntries(url.searchParams), type, body })
    response.end('{}')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  client = new HeadClient(new HttpClient({ base, token: () => 't' }))
})

afterEach(async () => {
  client.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const hash = 'ab'.repeat(32)
const stream = () => Readable.from([Buffer.from('x')])
const input = { name: 'a', sha256: hash, size: 1, mode: 0o644 }
const spec = {
  ...emptySpec(),
  kind: 'python',
  meta: { batchName: 'b', namespace: 'n', capabilities: [], matrix: null },
  initialize: { ...emptySpec().initialize, buildFile: input },
} as unknown as Parameters<HeadClient['createDraft']>[0]['spec']

const imported = {
  ...{ attempt: 'a'.repeat(32), job: 'j', identity: hash as never, host: 'slurm:cn1', cores: 1, startedAt: 1, finishedAt: 2 },
  ...{ outcome: { kind: 'succeeded' } as const, usage: null, notices: [] },
}

/** One call of each method, and the route that it is. */
const calls: readonly [RouteName, () => Promise<unknown>][] = [
  ['session', () => client.session()],
  ['status', () => client.status({ all: true, limit: 5 })],
  ['nodes', () => client.nodes()],
  ['inviteNode', () => client.inviteNode()],
  ['tokens', () => client.tokens()],
  ['createToken', () => client.createToken({ name: 'x', role: 'user' })],
  ['revokeToken', () => client.revokeToken('t1')],
  ['createDraft', () => client.createDraft({ requestId: '0'.repeat(32), spec, jobCount: 1, text: '', mode: 'new', provenance: null })],
  ['putJobs', () => client.putJobs('d', stream)],
  ['missingBlobs', () => client.missingBlobs('d')],
  ['putBlobs', () => client.putBlobs('d', stream)],
  ['putBlob', () => client.putBlob('d', hash, 3, stream)],
  ['commitDraft', () => client.commitDraft('d')],
  ['dropDraft', () => client.dropDraft('d')],
  ['jobset', () => client.jobset(1)],
  ['findJobsets', () => client.findJobsets({ namespace: 'a b', batch: 'c/d' })],
  ['jobs', () => client.jobs(1, { after: 4, limit: 5, state: 'failed', name: 'x' })],
  ['builds', () => client.builds(1)],
  ['buildLog', () => client.buildLog('b', { offset: 7, wait: 1 })],
  ['wait', () => client.wait(1, 2, 3)],
  ['kill', () => client.kill(1, ['a'])],
  ['retry', () => client.retry(1, null)],
  ['setPriority', () => client.setPriority(1, -5)],
  ['hold', () => client.hold(1)],
  ['release', () => client.release(1, ['a'])],
  ['pauseNode', () => client.pauseNode('n 1', 60)],
  ['resumeNode', () => client.resumeNode('n 1')],
  ['clearNode', () => client.clearNode('n 1')],
  ['attempts', () => client.attempts(2)],
  ['events', () => client.events({ jobset: 1, after: 5 })],
  ['drainNode', () => client.drainNode('n 1', 30)],
  ['results', () => client.results(1, { after: -1, limit: 5 })],
  ['keptAttempts', () => client.keptAttempts(1, { after: -1, limit: 5 })],
  ['fetchFiles', () => client.fetchFiles(1, [{ job: 2, path: 'a' }])],
  ['file', () => client.file({ job: 2, path: 'sub/a b#?.txt', attempt: 'a1' }, 9)],
  ['importManifest', () => client.imports.manifest(1, 'a'.repeat(32), [{ kind: 'folder', path: 'x' }])],
  ['importFiles', () => client.imports.files(1, 'a'.repeat(32), stream)],
  ['importAttempts', () => client.imports.attempts(1, [imported])],
  ['search', () => client.searches.search(1)],
  ['trials', () => client.searches.trials(1, { after: 3, since: 2, limit: 5 })],
  ['searchSpace', () => client.searches.space(1)],
  ['extendSearch', () => client.searches.extend(1, 100)],
  ['stopSearch', () => client.searches.stop(1, true)],
  ['retryTrials', () => client.searches.retry(1)],
  ['backup', () => client.backup()],
  ['verify', () => client.verify()],
  ['collect', () => client.collect(true)],
  ['jobLog', () => client.jobLog(2, { offset: 5, wait: 1, attempt: 2 })],
]

test.each(calls)('%s is called as the contract says', async (name, call) => {
  await call()
  const route: Route = routes[name]
  const [sent] = seen
  expect(sent?.method).toBe(route.method)
  expect(sent?.path).toMatch(new RegExp(`^${apiPrefix}${route.path.replace(/:\w+/g, '[^/]+').replace('*', '.+')}$`))
  if (route.query === undefined) expect(sent?.query).toEqual({})
  else expect(Object.keys(route.query.parse(sent?.query) as object)).toEqual(expect.arrayContaining(Object.keys(sent?.query ?? {})))
  if (route.body !== undefined) route.body.parse(JSON.parse(sent?.body ?? ''))
  if (route.stream !== undefined) expect(sent?.type).toBe(route.stream)
})

test('every route for people has a method', () => {
  const people = Object.entries(routes).filter(([, route]) => route.roles !== null && !(route.roles as readonly string[]).includes('node'))
  const names = people.map(([name]) => name)
  expect(calls.map(([name]) => name as string).sort()).toEqual(names.sort())
})

test('parts of a path are escaped', async () => {
  await client.file({ job: 2, path: 'sub/a b#?.txt' }, 0)
  expect(seen[0]?.path).toBe(`${apiPrefix}/jobs/2/files/sub/a%20b%23%3F.txt`)
})
