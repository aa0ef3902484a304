// The memory limit, the nice value and the figures of a job, by real processes. The cgroup tests need a writable memory
// cgroup; version 2's files are tested against a plain folder (keeper-limits-v2.test.ts), as no machine of ours has them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type TestContext, test } from 'vitest'
import { daemonScript, type KeeperHarness, killBoth, pythonSays, startKeeper, temporaryFolder } from '../../test/support/keeper-harness.ts'
import { needs, skipOrFail } from '../../test/support/needs.ts'
import { isAlive } from '../../test/support/processes.ts'
import { until } from '../../test/support/until.ts'
import type { ExitReport } from './messages.ts'

const MiB = 1024 * 1024
/** What a job wrote: in its report, or in a file of its own when it ran a while after writing. */
const output = (keeper: KeeperHarness, { id, out }: ExitReport) =>
  out === null ? keeper.read('attempts', id, 'stdout.txt') : Buffer.from(out, 'base64').toString()

/** Folder of our own memory cgroup and the name that a work folder's leaf has there; skips where none may be written. */
function memoryCgroup(context: TestContext, work: string): { folder: string; leaf: string } {
  const facts = pythonSays(
    `import keeper_limits as l
limits = l.open_limits(sys.argv[1], 9)
if limits: print(limits.memory.leaf.rpartition('/')[0]); print(l.leaf_name(sys.argv[1], 0)); limits.remove()`,
    [work],
  ).split('\n')
  if (facts[0] === '' || facts[0] === undefined) skipOrFail(context, 'no writable memory cgroup')
  return { folder: facts[0] ?? '', leaf: facts[1] ?? '' }
}

const pythonJob = (keeper: KeeperHarness, id: string, program: string, more: object = {}) =>
  keeper.job(id, '', { argv: ['/usr/bin/python3', './job.py'], script: keeper.script(program), ...more })

test('a job over its memory limit is out of memory, and the next one is not', async (context) => {
  const keeper = await startKeeper()
  memoryCgroup(context, keeper.work)
  keeper.send(pythonJob(keeper, 'j1', 'x = bytearray(200 << 20)', { memory: 50 * MiB }))
  const over = await keeper.exit('j1')
  expect(over).toMatchObject({ st: 9, why: null, oom: true })
  expect(over.peak ?? over.rss * 1024).toBeGreaterThan(45 * MiB)
  expect(over.peak ?? 0).toBeLessThan(51 * MiB)
  // 30 MiB and 40 in a child: together more than the largest of them
  const pair = 'import subprocess; x = bytearray(30 << 20); subprocess.run(["python3", "-c", "x = bytearray(40 << 20)"], check=True)'
  keeper.send(pythonJob(keeper, 'j2', pair, { memory: 120 * MiB }))
  const within = await keeper.exit('j2')
  expect(within.st).toBe(0)
  expect(within.oom).toBeUndefined()
  expect(within.src).toMatch(/^cgroup-v[12]$/)
  expect(within.peak).toBeGreaterThan(60 * MiB)
  expect(within.peak).toBeLessThan(90 * MiB)
})

test('a child over the limit ends the whole job, which would wait for it for ever', async (context) => {
  const keeper = await startKeeper()
  memoryCgroup(context, keeper.work)
  keeper.send(keeper.job('j1', '/usr/bin/python3 -c "x = bytearray(200 << 20)" & sleep 600', { memory: 50 * MiB }))
  expect(await keeper.exit('j1')).toMatchObject({ st: 9, oom: true })
})

test('the limit is for all processes of a job together', async (context) => {
  const keeper = await startKeeper()
  memoryCgroup(context, keeper.work)
  const eat = `/usr/bin/python3 -c "import time; x = bytearray(40 << 20); time.sleep(600)"`
  keeper.send(keeper.job('j1', `${eat} & ${eat} & ${eat} & wait`, { memory: 100 * MiB }))
  expect(await keeper.exit('j1')).toMatchObject({ oom: true })
})

test('a job killed by somebody else is not out of memory', async (context) => {
  const keeper = await startKeeper()
  memoryCgroup(context, keeper.work)
  const exit = await keeper.run('j1', 'kill -9 $$', { memory: 50 * MiB })
  expect(exit.st).toBe(9)
  expect(exit.oom).toBeUndefined()
})

test('the leaf is named after the work folder and gone when the keeper has ended or was killed', async (context) => {
  const keeper = await startKeeper()
  const { folder, leaf } = memoryCgroup(context, keeper.work)
  expect(readdirSync(folder)).toContain(leaf)
  keeper.send(keeper.job('j1', 'sleep 600', { memory: 50 * MiB }))
  const { pid } = await keeper.wait('start')
  expect(readFileSync(`${folder}/${leaf}/cgroup.procs`, 'utf8').split('\n')).toContain(String(pid))
  await keeper.murder()
  await until('the guard removed the leaf', () => !readdirSync(folder).includes(leaf))
  await keeper.start()
  expect(readdirSync(folder)).toContain(leaf)
  await keeper.end()
  expect(readdirSync(folder)).not.toContain(leaf)
})

test('what a killed keeper and its killed guard left in the leaf is ended, a daemon without environment included', async (context) => {
  const keeper = await startKeeper()
  memoryCgroup(context, keeper.work)
  const daemon = join(keeper.work, 'daemon.pid')
  const program = `${daemonScript}\ntime.sleep(600)\n`
  keeper.send(pythonJob(keeper, 'j1', program, { memory: 100 * MiB, env: { DAEMON: daemon } }))
  await until('the daemon is there', () => existsSync(daemon))
  const pid = Number(readFileSync(daemon, 'utf8'))
  await killBoth(keeper)
  expect(isAlive(pid)).toBe(true)
  await keeper.start()
  expect(isAlive(pid)).toBe(false)
})

test('where no cgroup can be written a job runs without its memory limit, and oom is never said', async (context) => {
  needs(context, 'unshare', 'mount')
  // an interpreter that sees an empty folder where the cgroups are mounted
  const blind = join(temporaryFolder(), 'python3')
  writeFileSync(
    blind,
    '#!/bin/sh\nexec unshare -rm sh -c \'mount -t tmpfs none /sys/fs/cgroup && exec /usr/bin/python3 "$@"\' python3 "$@"\n',
    { mode: 0o755 },
  )
  const keeper = await startKeeper({}, blind)
  keeper.send(pythonJob(keeper, 'j1', 'import os; x = bytearray(60 << 20); os.kill(os.getpid(), 9)', { memory: 30 * MiB }))
  const exit = await keeper.exit('j1')
  expect(exit).toMatchObject({ st: 9, why: null })
  expect(exit.rss).toBeGreaterThan(60 * 1024)
  expect(exit.oom).toBeUndefined()
  expect(exit.src).toBeUndefined()
})

test('a job without a limit is in no leaf and tells only the size of its largest process', async () => {
  const keeper = await startKeeper()
  const exit = await keeper.run('j1', 'cat /proc/self/cgroup')
  expect(output(keeper, exit)).not.toContain('dist-')
  expect(exit.peak).toBeUndefined()
  expect(exit.src).toBeUndefined()
})

test('a nice value is given to the job, its children and the next job only when asked for', async () => {
  const keeper = await startKeeper()
  const own = Number(output(keeper, await keeper.run('j1', 'nice')))
  expect(Number(output(keeper, await keeper.run('j2', 'nice', { nice: 7 })))).toBe(Math.min(own + 7, 19))
  expect(Number(output(keeper, await keeper.run('j3', 'nice')))).toBe(own)
})

test('a job with a nice value has the same session, environment, descriptors and signals as one without', async () => {
  const keeper = await startKeeper()
  const program = `
import os
print(os.getsid(0) == os.getpid(), sorted(k for k in os.environ), os.environ['DIST_ATTEMPT'] != '')
for fd in range(100):
    if os.path.exists('/proc/self/fd/%d' % fd): print(fd, os.path.basename(os.readlink('/proc/self/fd/%d' % fd)))
print([line for line in open('/proc/self/status') if line[:6] in ('SigBlk', 'SigIgn', 'SigCgt')])
`
  const facts = async (id: string, more: object) => {
    keeper.send(pythonJob(keeper, id, program, more))
    // its output may have been given a file of its own meanwhile; signals 32 and 33, which posix_spawn ignores, are the C library's
    return output(keeper, await keeper.exit(id))
      .replaceAll('stdout.txt', 'slot0.out')
      .replace(/(SigIgn:\\t0{7})1(8)/, '$10$2')
      .replace(/(SigIgn:\\t0{8})8/, '$10')
  }
  const plain = await facts('j1', {})
  expect(plain).toContain('True')
  expect(plain).toContain('SigIgn')
  expect(await facts('j2', { nice: 3 })).toBe(plain)
})

test('a program that the kernel cannot start is told as such with a nice value, too', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', '', { argv: ['/bin/nothing-here'], nice: 3 }))
  expect(await keeper.wait('fail')).toMatchObject({ id: 'j1', err: 'spawn' })
  expect((await keeper.run('j2', 'true')).st).toBe(0)
})

test('peak memory and CPU time agree with /usr/bin/time within 5 %', async (context) => {
  needs(context, 'time')
  const keeper = await startKeeper()
  const program = `
import time
x = bytearray(60 << 20)
while time.process_time() < 1: sum(range(10000))
`
  const argv = ['/usr/bin/time', '-v', '/usr/bin/python3', './job.py']
  keeper.send(keeper.job('j1', '', { argv, script: keeper.script(program) }))
  const exit = await keeper.exit('j1')
  const said = (name: string) => Number(new RegExp(`${name}[^:]*: ([\\d.]+)`).exec(output(keeper, exit))?.[1])
  const peak = said('Maximum resident set size')
  const cpu = said('User time') + said('System time')
  expect(peak).toBeGreaterThan(60 * 1024)
  expect(cpu).toBeGreaterThan(0.9)
  expect(Math.abs(exit.rss / peak - 1)).toBeLessThan(0.05)
  expect(Math.abs((exit.ut + exit.stm) / 1e6 / cpu - 1)).toBeLessThan(0.05)
})
