// `dist logs -f` before real programs: live, exact over the ends of head and agent, bounded by the cap.
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keptHead, keptTail, missingMark } from '../../shared/model/output-cap.ts'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended, running } from '../support/jobset-state.ts'
import { processesOf } from '../support/processes.ts'
import { until } from '../support/until.ts'

let head: Head
let flag: string
beforeEach(async () => {
  head = await startHead()
  flag = join(head.root, 'go')
})
afterEach(() => head.stop())

const untilGo = () => ['import itertools, os, sys, time', `go = lambda: os.path.exists(${JSON.stringify(flag)})`]
const jobset = (batch: string, lines: readonly string[], build?: string) =>
  writeJobset(join(head.root, 'jobs'), { batch, script: lines.join('\n'), jobs: 1, ...(build === undefined ? {} : { build }) })
const kept = (batch: string) => readFileSync(join(head.data, 'results/test', batch, 'job_0/stdout.txt'))

test('logs -f begins before the job, goes on over a killed head and a killed agent, and prints every byte once', async () => {
  const agent = await startAgent(head)
  const lines = [
    ...untilGo(),
    'for n in itertools.count():',
    '    print(f"line {n}", flush=True)',
    '    if go(): break',
    '    time.sleep(0.01)',
    'print("the end")',
  ]
  await distOk(head, ['add', jobset('follow', lines)])
  const following = dist(head, ['logs', '-f', 'test/follow/job_0'])
  await running(head, 'follow')
  await until('live output', async () => (await distOk(head, ['logs', 'test/follow/job_0'])).includes('line 20\n'))
  await head.kill('SIGKILL')
  await head.restart()
  await agent.kill('SIGKILL')
  await agent.restart()
  const live = await distOk(head, ['logs', 'test/follow/job_0'])
  await until('more output', async () => (await distOk(head, ['logs', 'test/follow/job_0'])).length > live.length + 100)
  appendFileSync(flag, 'go')
  const { code, stdout, stderr } = await following
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
  expect((await ended(head, 'follow')).state).toBe('succeeded')
  const whole = kept('follow').toString()
  expect(whole.endsWith('the end\n')).toBe(true)
  expect(stdout).toBe(whole)
})

test('a flood over the cap keeps its first and last bytes, in the result and for who follows it', async () => {
  await startAgent(head)
  const size = 80 << 20
  const lines = [
    ...untilGo(),
    'for n in range(20): os.write(1, bytes([97 + n]) * (4 << 20))',
    'while not go(): time.sleep(0.02)',
    'print("the end")',
  ]
  await distOk(head, ['add', jobset('flood', lines)])
  await running(head, 'flood')
  await until('the flood is over', async () => (await distOk(head, ['logs', 'test/flood/job_0'])).endsWith('t'.repeat(1000)))
  // control goes on meanwhile
  await distOk(head, ['status'])
  appendFileSync(flag, 'go')
  expect((await ended(head, 'flood')).state).toBe('succeeded')
  const written = Buffer.concat([...Array.from({ length: 20 }, (_, n) => Buffer.alloc(4 << 20, 97 + n)), Buffer.from('the end\n')])
  const end = size + 8 - keptTail
  const expected = Buffer.concat([written.subarray(0, keptHead), Buffer.from(missingMark(keptHead, end)), written.subarray(end)])
  await until('it is in place', () => kept('flood').length > 0)
  expect(kept('flood').equals(expected)).toBe(true)
  expect((await distOk(head, ['logs', 'test/flood/job_0'])) === expected.toString()).toBe(true)
  expect((await distOk(head, ['logs', '-f', 'test/flood/job_0'])) === expected.toString()).toBe(true)
})

test('logs -f of a job that fails has exit status 1 and says how it ended', async () => {
  await startAgent(head)
  await distOk(head, ['add', jobset('bad', ['print("before")', 'raise SystemExit(3)'])])
  const { code, stdout, stderr } = await dist(head, ['logs', '-f', 'test/bad/job_0'])
  expect([code, stdout]).toEqual([1, 'before\n'])
  expect(stderr).toContain('3')
  expect((await dist(head, ['logs', '-f', '--attempt', '1', 'test/bad/job_0'])).stdout).toBe('before\n')
  expect((await dist(head, ['logs', '--attempt', '7', 'test/bad/job_0'])).stderr).toContain('no attempt 7')
})

test('logs -f --build shows a build while it goes on, and fails with it', async () => {
  await startAgent(head)
  const build = [...untilGo(), 'print("compiling", flush=True)', 'while not go(): time.sleep(0.02)', 'print("broken")', 'sys.exit(1)'].join(
    '\n',
  )
  await distOk(head, ['add', jobset('build', ['pass'], build)])
  const following = dist(head, ['logs', '-f', '--build', 'test/build'])
  await until('live output', async () => (await dist(head, ['logs', '--build', 'test/build'])).stdout === 'compiling\n')
  appendFileSync(flag, 'go')
  expect(await following).toMatchObject({ code: 1, stdout: 'compiling\nbroken\n' })
})

test('who follows a job over the cap sees every byte at its place, once, over the change from live output to the result', async () => {
  await startAgent(head)
  const blocks = 22
  const lines = [
    ...untilGo(),
    'while not go(): time.sleep(0.02)',
    `for n in range(${blocks}):`,
    '    os.write(1, bytes([97 + n]) * (4 << 20))',
    '    time.sleep(0.1)',
    'print("the end")',
  ]
  await distOk(head, ['add', jobset('kept-up', lines)])
  const following = dist(head, ['logs', '-f', 'test/kept-up/job_0'])
  await running(head, 'kept-up')
  appendFileSync(flag, 'go')
  const { code, stdout } = await following
  expect(code).toBe(0)
  const written = `${Array.from({ length: blocks }, (_, n) => String.fromCharCode(97 + n).repeat(4 << 20)).join('')}the end\n`
  let at = 0
  const [first = '', ...gaps] = stdout.split('\n[dist: bytes ')
  const check = (text: string) => {
    expect(text === written.slice(at, at + text.length), `${text.length} bytes at ${at}`).toBe(true)
    at += text.length
  }
  check(first)
  expect(at).toBeGreaterThanOrEqual(keptHead)
  for (const gap of gaps) {
    const [, from, to, text = ''] = /^(\d+) to (\d+) of this output are missing here\]\n(.*)$/s.exec(gap) ?? []
    expect(Number(from)).toBe(at)
    at = Number(to)
    check(text)
  }
  expect(at).toBe(written.length)
})

test('logs -f goes on with the next attempt when one is lost, and says so', async () => {
  const agent = await startAgent(head)
  const lines = [...untilGo(), 'print("begun", os.getpid(), flush=True)', 'while not go(): time.sleep(0.02)', 'print("done")']
  await distOk(head, ['add', jobset('again', lines)])
  const following = dist(head, ['logs', '-f', 'test/again/job_0'])
  const first = await until(
    'the first attempt',
    async () => /begun \d+\n/.exec((await dist(head, ['logs', 'test/again/job_0'])).stdout)?.[0],
  )
  const launcher = processesOf(agent.work).find(({ command }) => /launcher-main\.[jt]s/.test(command))
  process.kill(launcher?.pid ?? 0, 'SIGKILL')
  const second = await until('the second attempt', async () => {
    const { stdout } = await dist(head, ['logs', 'test/again/job_0'])
    return stdout !== '' && stdout !== first ? stdout : null
  })
  appendFileSync(flag, 'go')
  expect(await following).toMatchObject({ code: 0, stdout: `${first}${second}done\n`, stderr: expect.stringContaining('another attempt') })
  expect(await distOk(head, ['logs', '--attempt', '2', 'test/again/job_0'])).toBe(`${second}done\n`)
})
