import { expect, test } from 'vitest'
import { Context } from '../context.ts'
import type { Io } from '../local/io.ts'
import { UploadProgress } from './upload-progress.ts'

const mebibyte = 1 << 20

function progress(columns: number | null, options: { quiet?: boolean } = {}) {
  let text = ''
  let now = 0
  const output = { columns, write: (data: string | Uint8Array) => (text += String(data)), flush: () => Promise.resolve() }
  const io: Io = { stdout: output, stderr: output, env: { LANG: 'C.UTF-8' }, cwd: '/', signal: new AbortController().signal }
  const made = new UploadProgress(new Context(io, options), () => now)
  const pass = (ms: number, bytes: number) => {
    now += ms
    made.sent(bytes)
  }
  return { made, pass, lines: () => text.split(/\r|\n/).filter((line) => line.trim() !== '') }
}

test('a bar with the amount, the rate and the time that is left', () => {
  const { made, pass, lines } = progress(80)
  made.plan(100 * mebibyte)
  for (let i = 0; i < 5; i++) pass(1000, 10 * mebibyte)
  const last = lines().at(-1) ?? ''
  expect(last).toMatch(/^sending █+░+ 50 MiB of 100 MiB, 10 MiB\/s · 5s left$/)
  expect(last.length).toBeLessThan(80)
})

test('what is sent again counts once', () => {
  const { made, pass, lines } = progress(80)
  made.plan(2 * mebibyte)
  for (let i = 0; i < 4; i++) pass(200, mebibyte)
  expect(lines().at(-1)).toContain('2.0 MiB of 2.0 MiB')
})

test('a log gets a line every tenth of a large upload, and none of a small one', () => {
  const large = progress(null)
  large.made.plan(100 * mebibyte)
  for (let i = 0; i < 100; i++) large.pass(100, mebibyte)
  expect(large.lines()).toHaveLength(11)
  expect(large.lines()[1]).toBe('sending: 10 %, 10 MiB of 100 MiB')
  const small = progress(null)
  small.made.plan(mebibyte)
  for (let i = 0; i < 4; i++) small.pass(1000, mebibyte / 4)
  expect(small.lines()).toEqual([])
})

test('--quiet is quiet', () => {
  const { made, pass, lines } = progress(80, { quiet: true })
  made.hashed(5, 5)
  made.plan(100 * mebibyte)
  pass(1000, 100 * mebibyte)
  made.committing()
  expect(lines()).toEqual([])
})
