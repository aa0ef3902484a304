import { expect, onTestFinished, test } from 'vitest'
import { openScene, type Scene } from '../test-scene.ts'

/** Events 1 to `count`, one a second. */
function withEvents(count: number): { scene: Scene; left: () => number[] } {
  const scene = openScene()
  onTestFinished(() => scene.remove())
  const add = scene.db.prepare("INSERT INTO event (at, kind) VALUES (?, 'node_joined')")
  for (let n = 1; n <= count; n++) add.run(n * 1000)
  return { scene, left: () => scene.db.prepare<[], number>('SELECT seq FROM event ORDER BY seq').pluck().all() }
}

test('all but the newest go, the oldest first and so many at a time', () => {
  const { scene, left } = withEvents(10)
  const input = { before: 0, keep: 4, limit: 5 }
  expect(scene.run('trimEvents', input)).toBe(5)
  expect(left()).toEqual([6, 7, 8, 9, 10])
  expect(scene.run('trimEvents', input)).toBe(1)
  expect(scene.run('trimEvents', input)).toBe(0)
  expect(left()).toEqual([7, 8, 9, 10])
})

test('old ones go, however few there are', () => {
  const { scene, left } = withEvents(4)
  expect(scene.run('trimEvents', { before: 3000, keep: 100, limit: 5 })).toBe(2)
  expect(left()).toEqual([3, 4])
})
