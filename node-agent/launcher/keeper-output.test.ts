import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { keptHead, keptTail, missingMark, readMark } from '../../shared/model/output-cap.ts'
import { type KeeperHarness, startKeeper } from '../../test/support/keeper-harness.ts'
import { onlyPython, test } from '../../test/support/keeper-test.ts'
import { until } from '../../test/support/until.ts'

const mebibyte = 1 << 20
/** Blocks of 1 MiB, each of one letter. */
const flood = (blocks: number, then = '') =>
  `/usr/bin/python3 -c 'import os
for n in range(${blocks}): os.write(1, bytes([97 + n % 26]) * ${mebibyte})'${then}`
const letters = (from: number, to: number) =>
  Buffer.concat(Array.from({ length: (to - from) / mebibyte }, (_, n) => Buffer.alloc(mebibyte, 97 + ((from / mebibyte + n) % 26))))
const file = (keeper: KeeperHarness, id: string, name: string) => join(keeper.work, 'attempts', id, name)

test('a job that has written gets an output file of its own in its first second', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', 'echo first; read nothing < /dev/null; sleep 600'))
  const begun = (await keeper.wait('start')).at
  await keeper.wait('moved')
  expect(performance.timeOrigin + (keeper.lists.at(-1)?.at ?? 0) - begun).toBeLessThan(600)
  expect(readFileSync(file(keeper, 'j1', 'stdout.txt'), 'utf8')).toBe('first\n')
  keeper.send({ op: 'kill', id: 'j1', grace: 0, why: 'kill' })
  await keeper.exit('j1')
})

test('a small output that had its own file rides in the report, and its file goes', async () => {
  const keeper = await startKeeper()
  const moved = 'until [ -e ../../attempts/j1/stdout.txt ]; do sleep 0.01; done'
  keeper.send(keeper.job('j1', `echo one; ${moved}; echo two`), keeper.job('j2', 'echo next'))
  const exit = await keeper.exit('j1')
  expect(keeper.reports.some((report) => report.e === 'moved' && report.id === 'j1')).toBe(true)
  expect(Buffer.from(exit.out ?? '', 'base64').toString()).toBe('one\ntwo\n')
  expect(exit.big).toBe(false)
  expect(Buffer.from((await keeper.exit('j2')).out ?? '', 'base64').toString()).toBe('next\n')
  expect(existsSync(join(keeper.work, 'attempts', 'j1'))).toBe(false)
})

test('a silent job keeps the slot file for a second', async () => {
  const keeper = await startKeeper()
  await keeper.run('j1', 'sleep 0.4')
  expect(keeper.reports.some((report) => report.e === 'moved')).toBe(false)
})

test('of an output over the cap the first and the last bytes are kept, with a mark between them', async () => {
  const keeper = await startKeeper()
  const exit = await keeper.run('j1', flood(80))
  expect(exit).toMatchObject({ st: 0, out: null, outn: 80 * mebibyte, big: true })
  expect(exit.note).toContain('32 MiB are kept')
  const end = 80 * mebibyte - keptTail
  const mark = missingMark(keptHead, end)
  const kept = readFileSync(file(keeper, 'j1', 'stdout.cut.txt'))
  expect(kept.equals(Buffer.concat([letters(0, keptHead), Buffer.from(mark), letters(end, 80 * mebibyte)]))).toBe(true)
  expect(readMark(kept.toString('latin1', keptHead, keptHead + 128))).toEqual({ length: mark.length, from: keptHead, to: end })
  const next = await keeper.run('j2', 'echo next')
  expect(Buffer.from(next.out ?? '', 'base64').toString()).toBe('next\n')
})

test('an output of exactly the cap is whole', async () => {
  const keeper = await startKeeper()
  const exit = await keeper.run('j1', flood(64))
  expect(exit.note).toBe(undefined)
  expect(existsSync(file(keeper, 'j1', 'stdout.cut.txt'))).toBe(false)
  expect(statSync(file(keeper, 'j1', 'stdout.txt')).size).toBe(keptHead + keptTail)
})

onlyPython('the middle leaves the disk while the job runs, and only the middle', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', flood(120, '; sleep 600')))
  await keeper.wait('moved')
  const path = file(keeper, 'j1', 'stdout.txt')
  await until('the hole', () => statSync(path).size === 120 * mebibyte && statSync(path).blocks * 512 < 72 * mebibyte)
  const whole = readFileSync(path)
  expect(whole.subarray(0, keptHead).equals(letters(0, keptHead))).toBe(true)
  const end = 120 * mebibyte - keptTail
  expect(whole.subarray(end).equals(letters(end, 120 * mebibyte))).toBe(true)
  keeper.send({ op: 'kill', id: 'j1', grace: 0, why: 'kill' })
  await keeper.exit('j1')
})
