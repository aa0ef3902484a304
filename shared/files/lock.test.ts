import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tryLock, tryShareLock } from './lock.ts'

test('many share a lock, one alone holds it, and neither gets in the way of itself afterwards', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dist-lock-'))
  const path = join(folder, 'users.lock')
  const [first, second] = [tryShareLock(path), tryShareLock(path)]
  expect([first === null, second === null]).toEqual([false, false])
  expect(tryLock(path)).toBeNull()
  first?.()
  expect(tryLock(path)).toBeNull()
  second?.()
  const alone = tryLock(path)
  expect(alone).not.toBeNull()
  expect([tryLock(path), tryShareLock(path)]).toEqual([null, null])
  alone?.()
  const again = tryShareLock(path)
  expect(again).not.toBeNull()
  again?.()
  rmSync(folder, { recursive: true })
})
