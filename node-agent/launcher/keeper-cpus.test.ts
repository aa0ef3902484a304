// The CPUs of a job: which it may use, in both ways of starting one, and what is said where the kernel refuses.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type KeeperHarness, pythonSays, startKeeper } from '../../test/support/keeper-harness.ts'
import { skipOrFail } from '../../test/support/needs.ts'
import type { RunOrder } from './messages.ts'

const all: readonly number[] = JSON.parse(pythonSays('import json, os; print(json.dumps(sorted(os.sched_getaffinity(0))))'))
const [one = 0, two] = all

/** What a job, and a child of it, may use. */
async function affinity(keeper: KeeperHarness, id: string, more: Partial<RunOrder> = {}): Promise<unknown> {
  const program =
    'import os, subprocess, sys; print(sorted(os.sched_getaffinity(0)), flush=True)\nif len(sys.argv) == 1: subprocess.run([sys.executable, "job.py", "child"])'
  keeper.send(keeper.job(id, '', { argv: ['/usr/bin/python3', './job.py'], script: keeper.script(program), ...more }))
  const { out } = await keeper.exit(id)
  const [own, child] = (out === null ? keeper.read('attempts', id, 'stdout.txt') : Buffer.from(out, 'base64').toString()).trim().split('\n')
  expect(child).toBe(own)
  return JSON.parse(own ?? '')
}

test('a job and its children are bound to exactly its CPUs, the next one without to none', async () => {
  const keeper = await startKeeper()
  expect(await affinity(keeper, 'j1', { cpus: [one] })).toEqual([one])
  expect(await affinity(keeper, 'j2')).toEqual(all)
  expect(await affinity(keeper, 'j3', { cpus: [...all].reverse() })).toEqual(all)
})

test('two jobs in turn each get their own', async (context) => {
  if (two === undefined) return skipOrFail(context, 'only one CPU')
  const keeper = await startKeeper()
  expect(await affinity(keeper, 'j1', { cpus: [one] })).toEqual([one])
  expect(await affinity(keeper, 'j2', { cpus: [two] })).toEqual([two])
  expect(await affinity(keeper, 'j3', { cpus: [two] })).toEqual([two])
  expect(await affinity(keeper, 'j4', { cpus: [one, two] })).toEqual([one, two])
})

test('a job that is started by fork is bound in the same way', async () => {
  const keeper = await startKeeper()
  expect(await affinity(keeper, 'j1', { cpus: [one], nice: 1 })).toEqual([one])
  expect(await affinity(keeper, 'j2', { nice: 1 })).toEqual(all)
})

test('a CPU that is not there is a failure to spawn that says which, also beside one that is', async () => {
  const keeper = await startKeeper()
  const absent = Math.max(...all) + 500
  for (const [id, cpus] of [
    ['j1', [absent]],
    ['j2', [one, absent]],
    ['j3', []],
    ['j4', [-1]],
    ['j5', [2 ** 40]],
  ] as const) {
    keeper.send(keeper.job(id, 'true', { cpus }))
    const fail = await keeper.wait('fail', (report) => report.id === id)
    expect(fail).toMatchObject({ k: 'job', err: 'spawn' })
    expect(fail.msg).toContain(cpus.length === 0 ? 'no CPU' : `CPU ${[...cpus].sort((a, b) => a - b).join(',')}`)
    expect(fail.msg).toContain(`this keeper may use CPU ${all.join(',')}`)
    expect(await affinity(keeper, `after-${id}`)).toEqual(all)
  }
})

test('a keeper that was itself given a part of the machine gives that back', async (context) => {
  if (two === undefined) return skipOrFail(context, 'only one CPU')
  const says = pythonSays(
    `import json, os
os.sched_setaffinity(0, {${one}})
from keeper_cpus import Cpus
cpus = Cpus()
os.sched_setaffinity(0, {${one}, ${two}})
cpus.bind(frozenset([${two}]))
bound = sorted(os.sched_getaffinity(0))
cpus.bind(None)
print(json.dumps([bound, sorted(os.sched_getaffinity(0))]))`,
  )
  expect(JSON.parse(says)).toEqual([[two], [one]])
})

test('the kernel is asked only when the CPUs differ from those of the job before', async () => {
  const keeper = await startKeeper()
  const bound = () => /Cpus_allowed_list:\t(.*)/.exec(readFileSync(`/proc/${keeper.pid}/status`, 'latin1'))?.[1]
  await keeper.run('j1', 'true', { cpus: [one] })
  expect(bound()).toBe(String(one))
  // somebody else's change stays, as long as the next job asks for the same
  pythonSays(`import os\nos.sched_setaffinity(${keeper.pid}, ${JSON.stringify(all)})`)
  const before = bound()
  await keeper.run('j2', 'true', { cpus: [one] })
  expect(bound()).toBe(before)
  if (two === undefined) return
  await keeper.run('j3', 'true', { cpus: [two] })
  expect(bound()).toBe(String(two))
})
