// Jobs outlive the head and the agent, not the launcher; an agent that is told to stop hands its jobs back.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended, findJobset, jobsOf, running } from '../support/jobset-state.ts'
import { isAlive, processesOf } from '../support/processes.ts'
import { until } from '../support/until.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

/** Runs until the file `go` exists; every run leaves a line in `runs`. */
function waitingJob(batch: string, jobs = 1): { file: string; go: () => void; runs: () => string[] } {
  const flag = join(head.root, 'go')
  const runs = join(head.root, 'runs')
  const script = [
    'import os, sys, time',
    `open(${JSON.stringify(runs)}, "a").write(f"{os.getpid()} {os.environ['DIST_NODE']}\\n")`,
    'print("begun", flush=True)',
    `while not os.path.exists(${JSON.stringify(flag)}): time.sleep(0.02)`,
    'print("done", flush=True)',
    'open("distribute_save/answer.txt", "w").write("42")',
    '',
  ].join('\n')
  return {
    file: writeJobset(join(head.root, 'jobs'), { batch, script, jobs }),
    go: () => appendFileSync(flag, 'go'),
    runs: () => (existsSync(runs) ? readFileSync(runs, 'utf8').trim().split('\n') : []),
  }
}

const result = (batch: string, job: string, file: string): string => readFileSync(join(head.data, 'results/test', batch, job, file), 'utf8')

test('a job goes on while the head is gone, and its result is committed when the head is back', async () => {
  await startAgent(head)
  const job = waitingJob('headless')
  await distOk(head, ['add', job.file])
  await running(head, 'headless')
  await head.kill('SIGKILL')
  job.go()
  await until('the job is over', () => !processesOf(head.root).some(({ command }) => command.includes('./job.py')))
  await head.restart()
  expect((await ended(head, 'headless')).state).toBe('succeeded')
  expect(job.runs()).toHaveLength(1)
  expect(result('headless', 'job_0', 'stdout.txt')).toBe('begun\ndone\n')
  expect((await jobsOf(head, 'headless'))[0]?.attempts).toBe(1)
})

test('a job goes on when its agent is killed, and is adopted by the next one: the same process, run once', async () => {
  const agent = await startAgent(head)
  const job = waitingJob('adopted')
  await distOk(head, ['add', job.file])
  await running(head, 'adopted')
  await agent.kill('SIGKILL')
  const pid = Number(job.runs()[0]?.split(' ')[0])
  expect(isAlive(pid)).toBe(true)
  await agent.restart()
  expect(isAlive(pid)).toBe(true)
  job.go()
  expect((await ended(head, 'adopted')).state).toBe('succeeded')
  expect(job.runs()).toHaveLength(1)
  expect(result('adopted', 'job_0', 'answer.txt')).toBe('42')
})

test('a job that ends while neither head nor agent is there is committed when both are back', async () => {
  const agent = await startAgent(head)
  const job = waitingJob('alone')
  await distOk(head, ['add', job.file])
  await running(head, 'alone')
  await head.kill('SIGKILL')
  await agent.kill('SIGKILL')
  job.go()
  await until('the job is over', () => !processesOf(agent.work).some(({ command }) => command.includes('./job.py')))
  await head.restart()
  await agent.restart()
  expect((await ended(head, 'alone')).state).toBe('succeeded')
  expect(job.runs()).toHaveLength(1)
})

test('the jobs of a launcher that is killed end with it and are run again', async () => {
  const agent = await startAgent(head)
  const job = waitingJob('again')
  await distOk(head, ['add', job.file])
  await running(head, 'again')
  const launcher = processesOf(agent.work).find(({ command }) => /launcher-main\.[jt]s/.test(command))
  if (launcher === undefined) throw new Error('no launcher')
  const pid = Number(job.runs()[0]?.split(' ')[0])
  process.kill(launcher.pid, 'SIGKILL')
  await until('its job is gone', () => !isAlive(pid))
  await until('it runs again', () => job.runs().length === 2)
  job.go()
  expect((await ended(head, 'again')).state).toBe('succeeded')
  expect((await jobsOf(head, 'again'))[0]?.attempts).toBe(2)
})

test('SIGTERM to an agent stops its jobs, hands them back at once and leaves no process; another node runs them', async () => {
  const first = await startAgent(head, { name: 'first' })
  const job = waitingJob('handed', 2)
  await distOk(head, ['add', job.file])
  await running(head, 'handed')
  await first.stop()
  const { counts } = await findJobset(head, 'handed')
  expect(counts).toMatchObject({ ready: 2, running: 0, claimed: 0 })
  await startAgent(head, { name: 'second' })
  job.go()
  expect((await ended(head, 'handed')).state).toBe('succeeded')
  expect(job.runs().at(-1)).toMatch(/second$/)
})

test('an agent started with --once leaves with status 0 when there is nothing for it', async () => {
  const job = waitingJob('once', 3)
  job.go()
  await distOk(head, ['add', job.file])
  const agent = await startAgent(head, { flags: ['--once'], wait: false })
  const exit = await agent.exited()
  expect(exit.code).toBe(0)
  expect((await ended(head, 'once')).state).toBe('succeeded')
  expect(processesOf(agent.work)).toEqual([])
})
