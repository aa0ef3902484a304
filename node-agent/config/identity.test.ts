import { createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { grpcAddress, NodeKey, readMembership, writeMembership } from './identity.ts'

let work = ''
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'dist-identity-'))
})
afterEach(() => rmSync(work, { recursive: true, force: true }))

test('the key is made once, for its owner only, and signs so that its public part verifies', () => {
  const first = NodeKey.open(work)
  const again = NodeKey.open(work)
  expect(again.publicKey()).toBe(first.publicKey())
  expect(statSync(join(work, 'agent.key')).mode & 0o777).toBe(0o600)
  const key = createPublicKey({ key: Buffer.from(first.publicKey(), 'base64'), format: 'der', type: 'spki' })
  expect(verify(null, Buffer.from('text'), key, again.sign(Buffer.from('text')))).toBe(true)
})

test('a membership is read back; without one there is none; a damaged one says what to do', () => {
  expect(readMembership(work)).toBeNull()
  const membership = { node: 'n', head: 'http://h:1', grpc: ':2', headId: 'x' }
  writeMembership(work, membership)
  expect(readMembership(work)).toEqual(membership)
  writeFileSync(join(work, 'agent.json'), '{"node":')
  expect(() => readMembership(work)).toThrow(expect.objectContaining({ code: 'data_folder' }))
})

test.each([
  [':8953', 'head.lab.org:8953'],
  ['0.0.0.0:8953', 'head.lab.org:8953'],
  ['other:9', 'other:9'],
])('gRPC address %s is dialled as %s', (grpc, dialled) => {
  expect(grpcAddress({ node: 'n', head: 'http://head.lab.org:8952', grpc, headId: 'x' })).toBe(dialled)
})
