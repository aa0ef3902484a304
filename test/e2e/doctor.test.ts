// `dist doctor` on a machine that is right, and on ones that are not: each line says what to do.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Check } from '../../shared/model/check.ts'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

async function doctor(
  args: readonly string[],
  options: Parameters<typeof dist>[2] = {},
): Promise<{ code: number | null; checks: Map<string, Check> }> {
  const run = await dist(head, ['doctor', '--json', ...args], options)
  const { checks } = JSON.parse(run.stdout) as { checks: Check[] }
  for (const { level, hint } of checks) if (level !== 'ok') expect(hint?.length ?? 0).toBeGreaterThan(10)
  return { code: run.code, checks: new Map(checks.map((check) => [check.name, check])) }
}

test('on a head that works every line is there, and none is a problem', async () => {
  const agent = await startAgent(head)
  const { code, checks } = await doctor(['--data', head.data, '--work', agent.work])
  expect([...checks.values()].filter(({ level }) => level === 'problem')).toEqual([])
  expect(code).toBe(0)
  const expected = [
    'head',
    'token',
    'version',
    'clock',
    'nodes',
    'node python3',
    'node flock',
    'node work folder',
    'node disk',
    'node space',
  ]
  expected.push(
    'node memory limits',
    'node namespaces',
    'node apptainer',
    'data folder',
    'data disk',
    'data lock',
    'data schema',
    'data base',
    'data head.yaml',
    'data space',
  )
  expect([...checks.keys()].sort()).toEqual(expected.sort())
  expect(checks.get('token')?.message).toBe('of admin, role admin')
  expect(checks.get('data lock')?.message).toBe('a head runs on it')
  expect(checks.get('node work folder')?.message).toContain('an agent runs on it')
  const text = await distOk(head, ['doctor', '--data', head.data])
  expect(text).toMatch(/^ok {7}head +http:\/\/127\.0\.0\.1:\d+ answers in \d+ ms$/m)
  expect(text).toMatch(/^0 problems, \d+ warnings?$/m)
})

test('a wrong token, a wrong head.yaml and a missing python3 are problems', async () => {
  writeFileSync(join(head.data, 'head.yaml'), 'retention: {dayz: 3}\n')
  const bin = join(head.root, 'bin')
  mkdirSync(bin)
  for (const name of ['flock', 'unshare', 'sh']) symlinkSync(`/usr/bin/${name}`, join(bin, name))
  const { code, checks } = await doctor(['--data', head.data], { token: 'dist_wrong', env: { PATH: bin } })
  expect(code).toBe(1)
  expect(checks.get('token')).toMatchObject({ level: 'problem', message: expect.stringContaining('not known here') })
  expect(checks.get('data head.yaml')).toMatchObject({ level: 'problem', message: expect.stringContaining("did you mean 'days'") })
  expect(checks.get('node python3')).toMatchObject({ level: 'problem' })
})

test('a head that does not answer is a problem, no head at all is not', async () => {
  await head.kill('SIGTERM')
  const gone = await doctor(['--patience', '0'])
  expect([gone.code, gone.checks.get('head')?.level]).toEqual([1, 'problem'])
  const none = await doctor([], { env: { DIST_HEAD: '' } })
  expect([none.code, none.checks.get('head')?.level]).toEqual([0, 'warning'])
})

test('a data folder that is none is a problem with its path', async () => {
  rmSync(join(head.root, 'nothing'), { force: true, recursive: true })
  const { code, checks } = await doctor(['--data', 'nothing'])
  expect(code).toBe(1)
  expect(checks.get('data')?.message).toBe(`there is no folder ${join(head.root, 'nothing')}`)
})
