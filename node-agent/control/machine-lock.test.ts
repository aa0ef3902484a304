import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockMachine } from './machine-lock.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-machine-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('one agent has it, the next one only after the first has left', () => {
  const first = lockMachine([folder])
  expect(first).not.toBeNull()
  expect(lockMachine([folder])).toBeNull()
  first?.()
  const second = lockMachine([folder])
  expect(second).not.toBeNull()
  second?.()
})

test('other accounts may read its file, which is all that a lock needs', () => {
  const path = join(folder, 'dist-agent.lock')
  lockMachine([folder])?.()
  expect(statSync(path).mode & 0o777).toBe(0o644)
  chmodSync(path, 0o444)
  const release = lockMachine([folder])
  expect(release).not.toBeNull()
  release?.()
})

test('where one folder is not there the next one is used', () => {
  const release = lockMachine([join(folder, 'no'), folder])
  expect(release).not.toBeNull()
  expect(lockMachine([folder])).toBeNull()
  release?.()
})
