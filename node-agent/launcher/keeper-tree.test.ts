import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, onTestFinished } from 'vitest'
import { daemonScript, guardOf, type KeeperHarness, killBoth, startKeeper } from '../../test/support/keeper-harness.ts'
import { onlyPython, test } from '../../test/support/keeper-test.ts'
import { isAlive, processesOf, signalQuietly } from '../../test/support/processes.ts'
import { until } from '../../test/support/until.ts'

const pidFile = (keeper: KeeperHarness) => join(keeper.work, 'daemon.pid')
const daemonPid = (keeper: KeeperHarness) => Number(readFileSync(pidFile(keeper), 'utf8'))

/** A job that leaves a daemon and then ends, or waits. The plain keeper finds one that keeps its environment. */
const withDaemon = (keeper: KeeperHarness, then: string) =>
  keeper.job('j1', '', {
    argv: ['/usr/bin/python3', './job.py'],
    script: keeper.script(`${daemonScript}\n${then}\n`),
    env: { DAEMON: pidFile(keeper), ...(keeper.kind === 'plain' ? { KEEP: '1' } : {}) },
  })

async function daemonOfRunningJob(keeper: KeeperHarness): Promise<number> {
  keeper.send(withDaemon(keeper, 'time.sleep(600)'))
  await until('the daemon is there', () => existsSync(pidFile(keeper)))
  await keeper.wait('start')
  const pid = daemonPid(keeper)
  expect(isAlive(pid)).toBe(true)
  return pid
}

test('a daemon with a session of its own is gone when its job has ended', async () => {
  const keeper = await startKeeper()
  keeper.send(withDaemon(keeper, ''))
  expect((await keeper.exit('j1')).st).toBe(0)
  expect(isAlive(daemonPid(keeper))).toBe(false)
})

test('a daemon is gone when its job was killed', async () => {
  const keeper = await startKeeper()
  const pid = await daemonOfRunningJob(keeper)
  keeper.send({ op: 'kill', id: 'j1', grace: 0, why: 'kill' })
  await keeper.exit('j1')
  expect(isAlive(pid)).toBe(false)
})

test('the time limit ends the whole tree, a daemon with a session of its own included, with why timeout', async () => {
  const keeper = await startKeeper()
  keeper.send({ ...withDaemon(keeper, 'time.sleep(600)'), limit: 1 })
  await until('the daemon is there', () => existsSync(pidFile(keeper)))
  expect(isAlive(daemonPid(keeper))).toBe(true)
  expect(await keeper.exit('j1')).toMatchObject({ st: 15, why: 'timeout' })
  expect(isAlive(daemonPid(keeper))).toBe(false)
})

test('the same within a memory limit', async () => {
  const keeper = await startKeeper()
  keeper.send({ ...withDaemon(keeper, 'time.sleep(600)'), limit: 1, memory: 100 << 20 })
  await until('the daemon is there', () => existsSync(pidFile(keeper)))
  const exit = await keeper.exit('j1')
  expect(exit).toMatchObject({ st: 15, why: 'timeout' })
  expect(exit.oom).toBeUndefined()
  expect(isAlive(daemonPid(keeper))).toBe(false)
})

test('end of file from the launcher ends job and daemon, and the journal says kill', async () => {
  const keeper = await startKeeper()
  const pid = await daemonOfRunningJob(keeper)
  expect(await keeper.end()).toBe(0)
  expect(isAlive(pid)).toBe(false)
  expect(keeper.journal().records.at(-1)).toMatchObject({ r: 'x', id: 'j1', why: 'kill' })
})

test('SIGTERM for the keeper does the same', async () => {
  const keeper = await startKeeper()
  const pid = await daemonOfRunningJob(keeper)
  expect(await keeper.terminate()).toBe(0)
  expect(isAlive(pid)).toBe(false)
  expect(keeper.journal().records.at(-1)).toMatchObject({ r: 'x', id: 'j1', why: 'kill' })
})

onlyPython('kill -9 of the keeper leaves no process behind, and the next one says lost', async () => {
  const keeper = await startKeeper()
  const pid = await daemonOfRunningJob(keeper)
  await keeper.murder()
  expect(isAlive(pid)).toBe(false)
  expect(keeper.journal().records.at(-1)).toMatchObject({ r: 's', id: 'j1' })
  await keeper.start()
  expect(keeper.journal().records.at(-1)).toMatchObject({ r: 'x', id: 'j1', why: 'lost' })
})

test('kill -9 of the keeper and its guard, where it has one: the next keeper ends what they left', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', 'sh -c "sleep 600" & sleep 600 & wait'))
  const { pid } = await keeper.wait('start')
  const children = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').map(Number)
  await until('both children are there', () => children().length === 2)
  const all = [pid, ...children()]
  await killBoth(keeper)
  // The control: without a new keeper they live on.
  expect(all.map(isAlive)).toEqual([true, true, true])
  await keeper.start()
  expect(all.map(isAlive)).toEqual([false, false, false])
  expect(keeper.journal().records.at(-1)).toMatchObject({ r: 'x', id: 'j1', why: 'lost' })
  for (const each of all) signalQuietly(each, 'SIGKILL')
})

test('kill -9 of the keeper and its guard: a job without any environment is found by its record', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', 'exec env -i /bin/sleep 600'))
  const { pid } = await keeper.wait('start')
  await until('sleep runs', () => readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('/bin/sleep'))
  expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).toBe('')
  await killBoth(keeper)
  expect(isAlive(pid)).toBe(true)
  await keeper.start()
  expect(isAlive(pid)).toBe(false)
})

test('a process number that was used again is not signalled', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', 'sleep 600'))
  await keeper.wait('start')
  await killBoth(keeper)
  const other = spawn('/bin/sleep', ['600'], { stdio: 'ignore', detached: true })
  onTestFinished(() => void other.kill('SIGKILL'))
  const start = keeper.journal().records[0]
  const body = JSON.stringify({ ...start, id: 'j2', pid: other.pid })
  appendFileSync(join(keeper.work, 'slot0.journal'), `${crc32(body).toString(16).padStart(8, '0')} ${body}\n`)
  await keeper.start()
  expect(keeper.journal().records.map(({ r, id }) => r + id)).toEqual(['sj1', 'sj2', 'xj1', 'xj2'])
  expect(isAlive(other.pid ?? 0)).toBe(true)
})

onlyPython('kill -9 of the guard alone ends the keeper and its job, with a record', async () => {
  const keeper = await startKeeper()
  const pid = await daemonOfRunningJob(keeper)
  const guard = guardOf(keeper)
  process.kill(guard, 'SIGKILL')
  await keeper.start()
  expect(isAlive(pid)).toBe(false)
  expect(keeper.journal().records.at(-1)).toMatchObject({ r: 'x', id: 'j1', why: 'kill' })
})

test('a hundred processes in sessions of their own end with their job', async () => {
  const keeper = await startKeeper()
  const script = `
import os, time
root = os.getpid()
for i in range(7):
    if os.fork() == 0:
        os.setsid()
if os.getpid() != root:
    open('forked%d' % os.getpid(), 'w').close()
    time.sleep(600)
while sum(name.startswith('forked') for name in os.listdir('.')) < 127:
    time.sleep(0.01)
`
  const argv = ['/usr/bin/python3', './forks.py']
  keeper.send(keeper.job('j1', '', { argv, script: keeper.script(script, 'forks.py') }))
  const exit = await keeper.exit('j1')
  expect(exit.st).toBe(0)
  const left = processesOf(keeper.space)
  expect(left.filter((process) => process.command.includes('forks.py'))).toEqual([])
})
