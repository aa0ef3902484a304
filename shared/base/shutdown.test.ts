import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ShutdownGroup } from './shutdown.ts'

test('close aborts the tasks, waits for them, then undoes in reverse order', async () => {
  const errors: unknown[] = []
  const order: string[] = []
  const group = new ShutdownGroup((error) => errors.push(error))
  group.onClose(() => void order.push('first registered'))
  group.onClose(async () => {
    await Promise.resolve()
    order.push('last registered')
  })
  group.run(async (signal) => {
    await sleep(60_000, undefined, { signal }).finally(() => order.push('task'))
  })
  await Promise.all([group.close('test'), group.close('again')])
  expect(order).toEqual(['task', 'last registered', 'first registered'])
  expect(errors).toEqual([])
})

test('what a task or a disposer throws is reported and stops nothing', async () => {
  const errors: string[] = []
  const group = new ShutdownGroup((error) => errors.push((error as Error).message))
  let undone = false
  group.onClose(() => {
    undone = true
  })
  group.onClose(() => {
    throw new Error('disposer')
  })
  group.run(async () => {
    throw new Error('task')
  })
  await group.close('test')
  expect(errors).toEqual(['task', 'disposer'])
  expect(undone).toBe(true)
})

test('nothing is started once it closes', async () => {
  const group = new ShutdownGroup(() => undefined)
  await group.close('test')
  let started = false
  group.run(async () => {
    started = true
  })
  await Promise.resolve()
  expect(started).toBe(false)
})
