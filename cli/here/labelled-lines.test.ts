import { expect, test } from 'vitest'
import type { Output } from '../local/io.ts'
import { LabelledLines } from './labelled-lines.ts'

function gatherer(): { readonly output: Output; readonly text: () => string } {
  const parts: Buffer[] = []
  const write = (data: string | Uint8Array): void => {
    parts.push(Buffer.from(data))
  }
  return { output: { columns: null, write, flush: () => Promise.resolve() }, text: () => Buffer.concat(parts).toString() }
}

async function shown(label: string, ...chunks: readonly (string | Buffer)[]): Promise<string> {
  const { output, text } = gatherer()
  const lines = new LabelledLines(output, label)
  for (const chunk of chunks) await lines.take(Buffer.from(chunk))
  await lines.end()
  return text()
}

test('every line begins with the label, however the bytes came, and the last one gets its end', async () => {
  expect(await shown('a | ', 'one\ntw', 'o\n', '\nthr', 'ee')).toBe('a | one\na | two\na | \na | three\n')
})

test('a character that was cut in two between chunks stays whole', async () => {
  const bytes = Buffer.from('né\n')
  expect(await shown('', bytes.subarray(0, 2), bytes.subarray(2))).toBe('né\n')
})

test('a line without an end does not fill the memory', async () => {
  expect(await shown('> ', 'x'.repeat(70_000), 'y\n')).toBe(`> ${'x'.repeat(70_000)}\n> y\n`)
})
