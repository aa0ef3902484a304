import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tokenReads } from '../store/reads/tokens.ts'
import { openTestStore } from '../store/test-support.ts'
import { ensureAdminToken } from './admin-token.ts'
import { assertMayBind } from './bind-check.ts'
import { hashSecret } from './secrets.ts'

test('the admin token is made once, readable by its account only, and made again when it is gone or revoked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dist-security-'))
  const store = openTestStore(folder)
  const tokens = tokenReads(store.reads)
  const ensure = () => ensureAdminToken(folder, store, tokens, randomBytes)
  const file = join(folder, 'admin.token')
  const first = await ensure()
  expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([`${first}\n`, 0o600])
  expect(tokens.byHash(hashSecret(first))).toEqual({ id: 'admin', name: 'admin', role: 'admin' })
  expect(await ensure()).toBe(first)
  rmSync(file)
  const second = await ensure()
  expect([tokens.byHash(hashSecret(first)), tokens.byHash(hashSecret(second))?.role]).toEqual([undefined, 'admin'])
  await store.run('revokeToken', { id: 'admin', by: 'test' })
  const third = await ensure()
  expect([tokens.byHash(hashSecret(second)), tokens.byHash(hashSecret(third))?.role]).toEqual([undefined, 'admin'])
  expect(tokens.list()).toHaveLength(1)
  store.close()
  rmSync(folder, { recursive: true })
})

test.for(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('%s may be listened on in plain text', (host) => {
  expect(() => assertMayBind(host, false)).not.toThrow()
})

test.for(['0.0.0.0', '::', '10.0.0.1', '127.evil.org', 'head.lab.org', ''])('%s needs --insecure-plain', (host) => {
  expect(() => assertMayBind(host, false)).toThrow(/plain text/)
  expect(() => assertMayBind(host, true)).not.toThrow()
})
