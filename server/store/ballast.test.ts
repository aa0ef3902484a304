// The ballast: given up when a commit finds no space, made again when there is room.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Ballast } from './ballast.ts'
import { addJobset, finished, openScene, setId, startAttempt } from './test-scene.ts'

test('it takes real blocks, and gives them back once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dist-ballast-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const ballast = new Ballast(join(folder, 'ballast'), 1 << 20)
  expect(ballast.make()).toBe(true)
  const { size, blocks } = statSync(join(folder, 'ballast'))
  expect(size).toBe(1 << 20)
  expect(blocks * 512).toBeGreaterThanOrEqual(size)
  expect(ballast.make()).toBe(true)
  expect([ballast.drop(), ballast.drop(), ballast.isThere]).toEqual([true, false, false])
})

test('where there is no room for it nothing is left of the try', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dist-ballast-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const ballast = new Ballast(join(folder, 'ballast'), 2 ** 50)
  expect([ballast.make(), ballast.isThere]).toEqual([false, false])
})

test('on a full disk an order is written at the cost of the ballast, results wait until there is room', () => {
  let there = true
  let room = false
  const scene = openScene(undefined, {
    make: () => {
      if (room) there = true
      return there
    },
    drop: () => {
      const was = there
      there = false
      // what its blocks are good for
      if (was) scene.db.pragma('max_page_count = 1000000')
      return was
    },
  })
  onTestFinished(() => scene.remove())
  const [one, two] = addJobset(scene, 2)
  if (one === undefined || two === undefined) throw new Error('no jobs')
  const attempt = startAttempt(scene, one, 'a')
  const full = () => scene.db.pragma(`max_page_count = ${scene.db.pragma('page_count', { simple: true })}`)
  full()
  const many = Array.from({ length: 500 }, (_, i) => `a reason that takes room ${i}`).join(' ')
  scene.run('cancel', { jobset: setId, jobs: ['job_1'], by: many })
  expect(there).toBe(false)
  expect(scene.db.prepare('SELECT state FROM job WHERE id = ?').pluck().get(two)).toBe('cancelled')

  expect(() => scene.run('finish', { items: [finished(attempt, 'a')] })).toThrow(/full/)
  scene.writer.recoverSpace()
  expect(() => scene.run('finish', { items: [finished(attempt, 'a')] })).toThrow(/full/)
  room = true
  scene.writer.recoverSpace()
  expect(scene.run('finish', { items: [finished(attempt, 'a')] }).replies[0]?.verdict).toBe('committed')
  // without a ballast a full disk is told to all, as before
  there = false
  room = false
  full()
  expect(() => scene.run('cancel', { jobset: setId, jobs: null, by: many })).toThrow(/full/)
})
