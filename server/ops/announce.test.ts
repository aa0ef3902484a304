import { expect, test } from 'vitest'
import { announce } from './announce.ts'

const fails = (code: string): never => {
  throw Object.assign(new Error(code), { code })
}

test('on a full disk it is told again until it can be written', async () => {
  const warnings: string[] = []
  let tries = 0
  await new Promise<void>((resolve) => {
    const write = (): void => {
      if (++tries < 3) fails('ENOSPC')
      resolve()
    }
    announce(write, (message) => void warnings.push(message), 1)
    expect(tries, 'it does not wait for it').toBe(1)
  })
  expect(tries).toBe(3)
  expect(warnings).toHaveLength(1)
})

test('anything else keeps the head from starting', () => {
  expect(() =>
    announce(
      () => fails('EACCES'),
      () => undefined,
    ),
  ).toThrow('EACCES')
})
