import { expect, test } from 'vitest'
import { begun } from './begun.ts'

/** 1, 2, 3; notes its end. */
function numbers(ended: string[], refuses = false): AsyncGenerator<number> {
  return (async function* () {
    try {
      if (refuses) throw new Error('busy')
      yield 1
      yield 2
      yield 3
    } finally {
      ended.push('ended')
    }
  })()
}

test('every item comes once, and the end is the end', async () => {
  const ended: string[] = []
  const seen: number[] = []
  for await (const item of await begun(numbers(ended), new AbortController().signal)) seen.push(item)
  expect([seen, ended]).toEqual([[1, 2, 3], ['ended']])
})

test('what is refused before the first item is refused at once', async () => {
  await expect(begun(numbers([], true), new AbortController().signal)).rejects.toThrow('busy')
})

test('one that nobody reads is ended by the signal, one that is given up by its reader', async () => {
  for (const how of ['before', 'after', 'reader'] as const) {
    const ended: string[] = []
    const abort = new AbortController()
    if (how === 'before') abort.abort()
    const items = await begun(numbers(ended), abort.signal)
    if (how === 'after') abort.abort()
    if (how === 'reader') for await (const _ of items) break
    await expect.poll(() => ended).toEqual(['ended'])
  }
})
