import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { expectNoJobProcesses, expectNoProcesses, isAlive, processesOf, signalQuietly } from './processes.ts'
import { until } from './until.ts'

let folder = ''
const started: number[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-processes-'))
})
afterEach(async () => {
  for (const pid of started.splice(0)) {
    signalQuietly(pid, 'SIGKILL')
    await until(`${pid} is gone`, () => !isAlive(pid))
  }
  rmSync(folder, { recursive: true })
})

function sleeper(env: Record<string, string>, cwd = '/', name = 'sleep'): number {
  const { pid } = spawn('/bin/sleep', ['60'], { env, cwd, argv0: name, stdio: 'ignore', detached: true })
  if (pid === undefined) throw new Error('no sleep')
  started.push(pid)
  return pid
}

const pids = (): number[] => processesOf(folder).map(({ pid }) => pid)

test('a process is found by its environment', async () => {
  const pid = sleeper({ HOME: folder })
  await until('it is found', () => pids().includes(pid))
})

test('a process is found by its command line', async () => {
  const pid = sleeper({}, '/', `sleep ${folder}`)
  await until('it is found', () => pids().includes(pid))
})

test('a process is found by the folder that it works in', async () => {
  const pid = sleeper({}, folder)
  await until('it is found', () => pids().includes(pid))
})

test('a zombie counts as gone', async () => {
  // the shell becomes a sleep that never waits for its child
  const shell = spawn('/bin/sh', ['-c', '/bin/sleep 0.01 & echo $!; exec /bin/sleep 60'], {
    env: { HOME: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  if (shell.pid === undefined) throw new Error('no shell')
  started.push(shell.pid)
  const [line] = (await once(shell.stdout, 'data')) as [Buffer]
  const child = Number(line.toString())
  await until('the child is a zombie', () => !isAlive(child))
  expect(() => process.kill(child, 0)).not.toThrow()
  expect(pids()).not.toContain(child)
})

test('what was left behind is named, and ended', async () => {
  const pid = sleeper({ HOME: folder })
  await until('it is found', () => pids().includes(pid))
  await expect(expectNoProcesses(folder, 50)).rejects.toThrow(new RegExp(`left behind:\n {2}${pid} .*sleep 60`))
  await until('it was ended', () => !isAlive(pid))
  await expectNoProcesses(folder, 1000)
})

test('of the processes of a work folder its keeper is none of a job, what a job left is', async () => {
  const keeper = sleeper({}, '/', `python3 keeper.py ${folder}`)
  await until('it is found', () => pids().includes(keeper))
  await expectNoJobProcesses(folder, 1000)
  const pid = sleeper({ HOME: folder })
  await until('it is found', () => pids().includes(pid))
  await expect(expectNoJobProcesses(folder, 50)).rejects.toThrow(new RegExp(`left behind:\n {2}${pid} `))
  expect(isAlive(keeper)).toBe(true)
})
