import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { FakeHead } from '../test-support/fake-head.ts'
import { plain, runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
  head.state.addJobset('anna', 'sweep', { job_1: {} })
})

const dist = (argv: string[], env: Record<string, string> = {}, typed?: string) =>
  runDist(argv, {
    cwd: folder.path,
    env,
    ...(typed === undefined ? {} : { input: { isTerminal: true, read: () => Promise.resolve(typed), onKey: () => () => undefined } }),
  })
const file = () => folder.join('.config/dist/heads.json')

test('a head is saved once its token works, for this account alone, and commands find it', async () => {
  expect((await dist(['status'])).code).toBe(1)
  const run = await dist(['login', head.url, '--name', 'lab'], {}, `${head.token}\n`)
  expect([run.code, run.stdout]).toEqual([0, `logged in to lab (${head.url}) as anna, user\n`])
  expect(run.stderr).toContain(`token for ${head.url}: `)
  expect(run.stderr + run.stdout).not.toContain(head.token)
  expect(statSync(file()).mode & 0o777).toBe(0o600)
  expect(statSync(folder.join('.config/dist')).mode & 0o077).toBe(0)
  expect((await dist(['status'])).code).toBe(0)
  expect((await dist(['status', '--head', 'lab'])).code).toBe(0)
})

test('a token comes from a file, from standard input or from DIST_TOKEN', async () => {
  writeFileSync(folder.join('token.txt'), `${head.token}\n`)
  expect((await dist(['login', head.url, '--name', 'a', '--token-file', 'token.txt'])).code).toBe(0)
  expect((await dist(['login', head.url, '--name', 'b', '--token-file', '-'], {}, head.token)).code).toBe(0)
  expect((await dist(['login', head.url, '--name', 'c'], { DIST_TOKEN: head.token })).code).toBe(0)
  const none = await dist(['login', head.url])
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('no token was given')])
  const list = JSON.parse((await dist(['login', '--json'])).stdout) as { heads: { name: string }[] }
  expect(list.heads.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
})

test('what does not work is not saved', async () => {
  expect((await dist(['login', head.url], { DIST_TOKEN: 'wrong' })).code).toBe(1)
  expect((await dist(['login', 'http://127.0.0.1:9', '--patience', '0'], { DIST_TOKEN: 'x' })).code).toBe(1)
  expect((await dist(['login', 'ftp://x'], { DIST_TOKEN: 'x' })).code).toBe(2)
  expect((await dist(['login', head.url, '--name', '-x'], { DIST_TOKEN: head.token })).code).toBe(2)
  expect(() => readFileSync(file())).toThrow(/ENOENT/)
})

test('the first head is chosen; others are when they are named, or with --use; one is forgotten', async () => {
  const token = { DIST_TOKEN: head.token }
  const chosen = async () => (JSON.parse((await dist(['login', '--json'])).stdout) as { chosen: string | null }).chosen
  await dist(['login', head.url, '--name', 'lab'], token)
  const second = await dist(['login', head.url, '--name', 'far'], token)
  expect(second.stderr).toContain('commands still go to lab; change that with: dist login far')
  expect(await chosen()).toBe('lab')
  await dist(['login', 'far'])
  expect(await chosen()).toBe('far')
  await dist(['login', head.url, '--name', 'third', '--use'], token)
  expect(await chosen()).toBe('third')
  await dist(['logout'])
  expect(await chosen()).toBeNull()
  await dist(['logout', 'lab'])
  expect(plain((await dist(['login'])).stdout)).toBe(`  NAME  HEAD\n  far   ${head.url}\n`)
  expect((await dist(['logout', 'lab'])).code).toBe(1)
})

test('DIST_HEAD goes before what is saved, and login says so', async () => {
  const run = await dist(['login', head.url], { DIST_TOKEN: head.token, DIST_HEAD: 'http://127.0.0.1:9' })
  expect(run.stderr).toContain('DIST_HEAD is set and goes before what is saved')
  expect((await dist(['status', '--patience', '0'], { DIST_HEAD: 'http://127.0.0.1:9' })).code).toBe(1)
  expect((await dist(['status', '--head', head.url], { DIST_HEAD: 'http://127.0.0.1:9' })).code).toBe(0)
})
