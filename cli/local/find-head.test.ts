import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestFolder } from '../test-support/run-dist.ts'
import { findHead } from './find-head.ts'
import { savedHeadsFile, writeSavedHeads } from './saved-heads.ts'

let folder: TestFolder

beforeEach(() => {
  folder = new TestFolder()
})

afterEach(() => {
  folder.remove()
})

const env = (more: Record<string, string> = {}) => ({ HOME: folder.path, ...more })

/** Leaves what a head of this account leaves; `pid` of something that runs, or does not. */
function writeHead(name: 'head' | 'up/data', http: string, token: string, pid = process.pid): void {
  const data = folder.join('.local/state/dist', name)
  mkdirSync(data, { recursive: true })
  writeFileSync(`${data}/head.json`, JSON.stringify({ http, grpc: 'x', pid }))
  writeFileSync(`${data}/admin.token`, `${token}\n`)
}

const deadPid = 2 ** 22 + 1

test('a flag beats the environment, which beats the head of the account', () => {
  writeHead('head', 'http://127.0.0.1:1', 'own')
  expect(findHead({ head: 'a:1' }, env({ DIST_HEAD: 'b:2' })).url).toBe('http://a:1')
  expect(findHead({}, env({ DIST_HEAD: 'b:2' })).url).toBe('http://b:2')
  expect(findHead({}, env()).url).toBe('http://127.0.0.1:1')
})

test('--ip and --port of the original name a head', () => {
  expect(findHead({ ip: '10.0.0.1' }, env()).url).toBe('http://10.0.0.1:8952')
  expect(findHead({ ip: '::1', port: '9000' }, env()).url).toBe('http://[::1]:9000')
  expect(findHead({ port: '9000' }, env()).url).toBe('http://127.0.0.1:9000')
})

test('DIST_TOKEN beats the token of the account', () => {
  writeHead('head', 'http://127.0.0.1:1', 'own')
  expect(findHead({}, env({ DIST_TOKEN: 'mine' })).token()).toBe('mine')
  expect(findHead({}, env()).token()).toBe('own')
})

test("the account's token is never sent to another place", () => {
  writeHead('head', 'http://127.0.0.1:8952', 'own')
  expect(findHead({ head: 'http://127.0.0.1:8952' }, env()).token()).toBe('own')
  expect(findHead({ head: 'http://localhost:8952' }, env()).token()).toBe('own')
  expect(findHead({ head: 'http://127.0.0.1:8953' }, env()).token()).toBeNull()
  expect(findHead({ head: 'http://evil.example:8952' }, env()).token()).toBeNull()
})

test('a head that crashed keeps its address, and its token is withheld until it is back', () => {
  writeHead('head', 'http://127.0.0.1:1', 'own', deadPid)
  const found = findHead({}, env())
  expect(found.url).toBe('http://127.0.0.1:1')
  expect(() => found.token()).toThrow(/not running/)
  writeHead('head', 'http://127.0.0.1:1', 'own')
  expect(found.token()).toBe('own')
})

test('a running head of `dist up` is found before one that crashed', () => {
  writeHead('head', 'http://127.0.0.1:1', 'old', deadPid)
  writeHead('up/data', 'http://127.0.0.1:2', 'up')
  expect(findHead({}, env())).toMatchObject({ url: 'http://127.0.0.1:2' })
})

test('without any head the error names the commands that start one', () => {
  expect(() => findHead({}, env())).toThrow(expect.objectContaining({ code: 'unreachable', hint: expect.stringContaining('dist serve') }))
})

/** As `dist login` leaves it. */
function save(chosen: string | null, ...heads: readonly { name: string; url: string; token: string | null }[]): void {
  writeSavedHeads(env(), { chosen, heads })
}

const [lab, far] = [
  { name: 'lab', url: 'http://lab:8952', token: 'lab-token' },
  { name: 'far', url: 'http://far:9000', token: 'far-token' },
]

test('a flag beats the environment, which beats the saved login, which beats the head of the account', () => {
  writeHead('head', 'http://127.0.0.1:1', 'own')
  save('lab', lab, far)
  const found = (flags: Parameters<typeof findHead>[0], more: Record<string, string> = {}) => {
    const { url, token } = findHead(flags, env(more))
    return [url, token()]
  }
  expect(found({ head: 'far' }, { DIST_HEAD: 'b:2' })).toEqual(['http://far:9000', 'far-token'])
  expect(found({ ip: '10.0.0.1' }, { DIST_HEAD: 'far' })).toEqual(['http://10.0.0.1:8952', null])
  expect(found({}, { DIST_HEAD: 'far' })).toEqual(['http://far:9000', 'far-token'])
  expect(found({})).toEqual(['http://lab:8952', 'lab-token'])
  expect(found({}, { DIST_TOKEN: 'mine' })).toEqual(['http://lab:8952', 'mine'])
  save(null, lab)
  expect(found({})).toEqual(['http://127.0.0.1:1', 'own'])
})

test('a saved token goes to the address that it was saved for, and to no other', () => {
  save('lab', lab)
  expect(findHead({ head: 'http://lab:8952' }, env()).token()).toBe('lab-token')
  expect(findHead({ head: 'http://lab:8953' }, env()).token()).toBeNull()
  expect(findHead({ head: 'https://lab:8952' }, env()).token()).toBeNull()
})

test('saved heads are for this account alone, also when the file was opened to others', () => {
  save('lab', lab)
  const path = savedHeadsFile(env())
  expect(statSync(path).mode & 0o777).toBe(0o600)
  chmodSync(path, 0o644)
  findHead({}, env())
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a file of saved heads that cannot be understood is named', () => {
  save('lab', lab)
  writeFileSync(savedHeadsFile(env()), '{"heads": 5}')
  expect(() => findHead({}, env())).toThrow(/cannot use .*heads\.json: it has another form/)
})
