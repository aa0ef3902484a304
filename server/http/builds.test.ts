// Output of builds: live, in a pack, in the document's own file; and what a restart tidies up.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JobsetId, NodeId } from '../../shared/model/ids.ts'
import { oneCore } from '../store/test-scene.ts'
import { startHead, type TestHead, tempFolder, withHead } from './test-support.ts'
import { submit } from './test-support-drafts.ts'
import { attemptId, claim, commitSmall, firstJob, placeAll } from './test-support-results.ts'

const build = attemptId(77)
const node = 'node1' as NodeId

async function orderBuild(head: TestHead, place = 0): Promise<string> {
  const token = await head.token('user', 'anna')
  const jobset = (await submit(head, token, 1, 'sweep')) as JobsetId
  head.store.db.prepare("INSERT INTO node (id, key, name, joined_at) VALUES ('node1', 'k', 'lab1', 1)").run()
  await head.store.run('orderBuild', { id: build, jobset, node, place, grant: oneCore })
  head.bearers.set('bearer', node)
  return token
}

async function finishBuild(head: TestHead, id = build, text = 'built\n'): Promise<void> {
  const files = [{ path: 'stdout.txt', mode: 0o644, data: Buffer.from(text) }]
  const base = { id, node, started: true, startedAt: 1, outcome: { kind: 'succeeded' } as const, usage: null, notices: [], trial: null }
  await head.store.run('finishBuild', { items: [{ ...base, result: { kind: 'inline', files, folders: [] } }] })
}

test.each([
  [0, 'lab1'],
  [2, 'lab1.2'],
])('the output of a build is read live, from its pack and from its own file: slot %i', async (place, name) => {
  await withHead(async (head) => {
    const token = await orderBuild(head, place)
    const read = async () => {
      const answer = await head.call('GET', `/builds/${build}/log`, { token })
      return [answer.headers.get('x-dist-output'), answer.bytes.toString()]
    }
    await head.call('PUT', `/attempts/${build}/log?offset=0&number=0`, { token: 'bearer', raw: 'bui', type: 'application/octet-stream' })
    expect(await read()).toEqual(['live', 'bui'])
    await finishBuild(head)
    expect(await read()).toEqual(['final', 'built\n'])
    await placeAll(head)
    expect(readFileSync(join(head.folder, 'results', 'anna', 'sweep', `sweep_build_output-${name}.txt`), 'utf8')).toBe('built\n')
    expect(await read()).toEqual(['final', 'built\n'])
    expect((await head.call('GET', `/builds/${attemptId(78)}/log`, { token })).code).toBe('not_found')
  })
})

test.each([
  ['printed more', 'built again\n', 'built again\n', 1],
  ['printed less', 'x\n', 'x\n', 1],
  ['found everything built and printed nothing', '', 'built\n', 0],
])('of builds that follow each other on a node one output is kept, and it is whole: the second %s', async (_, second, kept, newest) => {
  await withHead(async (head) => {
    const token = await orderBuild(head)
    const ids = [build, attemptId(79)]
    const jobset = 1 as JobsetId
    await finishBuild(head)
    await head.store.run('orderBuild', { id: ids[1] ?? '', jobset, node, place: 0, grant: oneCore })
    await finishBuild(head, ids[1], second)
    const look = async () => {
      const logs = await Promise.all(ids.map((id) => head.call('GET', `/builds/${id}/log`, { token })))
      return logs.map(({ code, bytes }) => code ?? bytes.toString())
    }
    const both = newest === 1 ? ['', kept] : [kept, '']
    expect(await look()).toEqual(both)
    await placeAll(head)
    expect(await look()).toEqual(both)
    const bytes = head.store.db.prepare("SELECT bytes FROM namespace_bytes WHERE namespace = 'anna'").pluck().get()
    expect(bytes).toBe(kept.length)
  })
})

test('a restart removes uploads and live output that nobody needs, and only those', async () => {
  const folder = tempFolder()
  let head = await startHead(folder)
  await submit(head, await head.token('user', 'anna'), 1, 'sweep')
  await submit(head, await head.token('user', 'bob'), 2, 'other')
  await claim(head, 1, attemptId(1))
  await claim(head, firstJob(head, 2), attemptId(2))
  const ids = [attemptId(1), attemptId(2), attemptId(3)]
  const incoming = (id: string) => join(folder, 'results', '.incoming', id)
  for (const id of ids) {
    mkdirSync(incoming(id))
    writeFileSync(`${incoming(id)}.manifest.json`, '[]')
    head.logs.append(id, 0, Buffer.from('x'))
  }
  await commitSmall(head, attemptId(1), { 'stdout.txt': 'x' })
  await head.close()
  head = await startHead(folder)
  expect(ids.map((id) => existsSync(incoming(id)))).toEqual([false, true, false])
  expect(ids.map((id) => existsSync(`${incoming(id)}.manifest.json`))).toEqual([false, true, false])
  expect(head.logs.ids()).toEqual([attemptId(2)])
  await head.close()
  rmSync(folder, { recursive: true })
})
