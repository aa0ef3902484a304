// examples/shell for real: one agent sieves, three commands count; what comes home has known answers.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { root } from '../support/programs.ts'

let head: Head

beforeAll(async () => {
  head = await startHead()
  await startAgent(head, { name: 'node-a', cores: 1 })
  await distOk(head, ['add', join(root, 'examples/shell/jobs.yaml')])
  await distOk(head, ['wait', 'primes/gaps'], { within: 60_000 })
  await distOk(head, ['pull', 'primes/gaps', '--save-dir', 'pulled'])
}, 90_000)
afterAll(() => head?.stop())

const read = (job: string, file: string): string => readFileSync(join(head.root, 'pulled', 'gaps', job, file), 'utf8')

test.each([
  ['to_1000', 'primes 168, widest gap 20 after 887'],
  ['to_10000', 'primes 1229, widest gap 36 after 9551'],
  ['to_100000', 'primes 9592, widest gap 72 after 31397'],
])('%s has as many primes and the gap that are known', (job, last) => {
  const lines = read(job, 'gaps.csv').trimEnd().split('\n')
  expect(lines[0]).toBe('gap,times')
  expect(lines[1]).toBe('1,1')
  expect(lines.at(-1)).toBe(last)
})

test('the command has its cores in $1 and in the environment', () => {
  expect(read('to_100000', 'stdout.txt')).toBe('on 1 cores, DIST_CORES=1\nprimes 9592, widest gap 72 after 31397\n')
})
