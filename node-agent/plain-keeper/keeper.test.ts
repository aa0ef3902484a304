// What only the plain keeper does or cannot do; what both promise is in launcher/keeper-*.test.ts.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { KeeperHarness, startKeeper, useKeeper } from '../../test/support/keeper-harness.ts'
import { needs } from '../../test/support/needs.ts'
import { isAlive, processesOf } from '../../test/support/processes.ts'
import { until } from '../../test/support/until.ts'

beforeEach(() => useKeeper('plain'))
afterEach(() => useKeeper('python'))

const text = (base64: string | null) => Buffer.from(base64 ?? '', 'base64').toString()
const note = (keeper: KeeperHarness, name: string) => join(keeper.work, name)
/** Leaves a process with a session of its own and no parent, whose pid is then in the file. */
const daemon = (file: string, how = '') =>
  `setsid ${how} sh -c 'echo $$ > ${file}.new; mv ${file}.new ${file}; exec sleep 600' & until [ -e ${file} ]; do sleep 0.01; done`
const pidIn = (file: string) => Number(readFileSync(file, 'utf8'))

test('memory and CPU time of all processes together are sampled, and marked so', async () => {
  const keeper = await startKeeper()
  const eat = '/usr/bin/python3 -c "import time; x = bytearray(40 << 20); time.sleep(0.7)"'
  const exit = await keeper.run('j1', `${eat} & ${eat} & wait`)
  expect(exit.src).toBe('sampled')
  expect(exit.rss).toBeGreaterThan(40 << 10)
  expect(exit.rss).toBeLessThan(80 << 10)
  expect(exit.peak).toBeGreaterThan(80 << 20)
  expect(exit.peak).toBeLessThan(140 << 20)
})

/** Uses a CPU for so many seconds. */
const burn = (seconds: number) => `/usr/bin/python3 -c "import time
while time.process_time() < ${seconds}: sum(range(9999))"`

test('CPU time of a process that nobody waited for is counted beside that of the others', async () => {
  const keeper = await startKeeper()
  const gone = note(keeper, 'gone')
  writeFileSync(note(keeper, 'burn.sh'), `${burn(0.8)}\n: > ${gone}\n`)
  const exit = await keeper.run('j1', `(setsid sh ../../burn.sh &); until [ -e ${gone} ]; do sleep 0.05; done; ${burn(0.8)}; true`)
  expect(exit.ut + exit.stm).toBeGreaterThan(1_300_000)
})

test('CPU time of a child that was killed with its parent is not lost', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', `${burn(600)}; true`))
  const { pid } = await keeper.wait('start')
  const child = await until('the child', () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim())
  const ticks = () => Number(readFileSync(`/proc/${child}/stat`, 'latin1').split(' ')[13])
  await until('half a second of CPU time', () => ticks() > 50)
  keeper.send({ op: 'kill', id: 'j1', grace: 0, why: 'kill' })
  expect((await keeper.exit('j1')).ut).toBeGreaterThan(480_000)
})

test('memory is never enforced and oom never said', async () => {
  const keeper = await startKeeper()
  const exit = await keeper.run('j1', '/usr/bin/python3 -c "x = bytearray(60 << 20)"; kill -9 $$', { memory: 20 << 20 })
  expect(exit).toMatchObject({ st: 9, why: null })
  expect(exit.oom).toBe(undefined)
})

test('CPUs are kept to', async (context) => {
  needs(context, 'taskset')
  const keeper = await startKeeper()
  const cpu = availableParallelism() - 1
  const exit = await keeper.run('j1', 'grep Cpus_allowed_list /proc/self/status', { cpus: [cpu] })
  expect(text(exit.out)).toBe(`Cpus_allowed_list:\t${cpu}\n`)
  expect(exit.note).toBe(undefined)
})

test('a view of a build is refused, and a template without one is taken again', async () => {
  const keeper = await startKeeper()
  keeper.send({ op: 'tmpl', t: 'abc', w: keeper.space, view: { kind: 'copy', home: join(keeper.work, 'v') }, env: {}, files: [] })
  keeper.send(keeper.job('j1', 'true'))
  const fail = await keeper.wait('fail')
  expect(fail).toMatchObject({ id: 'j1', err: 'stage' })
  expect(fail.msg).toContain('without python3')
  keeper.template()
  expect((await keeper.run('j2', 'true')).st).toBe(0)
})

test('kill -9 of the keeper leaves its job running; the next one ends it and says lost', async () => {
  const keeper = await startKeeper()
  const file = note(keeper, 'daemon')
  keeper.send(keeper.job('j1', `${daemon(file)}; sleep 600`))
  const { pid } = await keeper.wait('start')
  await until('the daemon', () => existsSync(file))
  await keeper.murder()
  expect([pid, pidIn(file)].map(isAlive)).toEqual([true, true])
  await keeper.start()
  expect([pid, pidIn(file)].map(isAlive)).toEqual([false, false])
  expect(keeper.journal().records.at(-1)).toMatchObject({ r: 'x', id: 'j1', why: 'lost' })
})

test('a job that was killed before its start was recorded is found by its environment, and lost', async () => {
  const keeper = await startKeeper()
  await keeper.murder()
  const env = { DIST_SLOT: `${keeper.work}/slot0`, DIST_ATTEMPT: 'j7' }
  const left = spawn('/bin/sleep', ['600'], { env, stdio: 'ignore', detached: true })
  onTestFinished(() => void left.kill('SIGKILL'))
  const other = spawn('/bin/sleep', ['600'], { env: { ...env, DIST_SLOT: `${keeper.work}/slot01` }, stdio: 'ignore' })
  onTestFinished(() => void other.kill('SIGKILL'))
  await keeper.start()
  expect([left, other].map(({ pid = 0 }) => isAlive(pid))).toEqual([false, true])
  expect(keeper.journal().records.map(({ r, id }) => r + id)).toEqual(['xj7'])
})

test('a daemon without an environment is ended, too, when it was seen with its parent', async () => {
  const keeper = await startKeeper()
  const file = note(keeper, 'daemon')
  // a second beside its parent: many samples
  keeper.send(keeper.job('j1', `(${daemon(file, 'env -i')}; sleep 1) & wait`))
  await keeper.exit('j1')
  expect(readFileSync(file, 'utf8')).toMatch(/^\d+\n$/)
  expect(isAlive(pidIn(file))).toBe(false)
})

test('a keeper waits until the one before it has left the slot', async () => {
  const first = await startKeeper()
  first.send(first.job('j1', 'trap "" TERM; until [ -e ../../go ]; do sleep 0.02; done; echo mine'))
  await first.wait('start')
  const second = new KeeperHarness(first.work)
  let ready = false
  const starting = second.start().then(() => {
    ready = true
  })
  await until('the second waits for the lock', () => processesOf(first.work).some(({ command }) => command === 'flock -x 3'))
  expect(ready).toBe(false)
  writeFileSync(join(first.work, 'go'), '')
  expect(text((await first.exit('j1')).out)).toBe('mine\n')
  await first.end()
  await starting
  expect(second.journal().records.map(({ r, id }) => r + id)).toEqual(['sj1', 'xj1'])
  await second.end()
})

test('a journal that a keeper in python began is gone on with', async () => {
  useKeeper('python')
  const python = await startKeeper()
  await python.run('j1', 'echo one')
  await python.end()
  useKeeper('plain')
  const plain = new KeeperHarness(python.work)
  await plain.start()
  onTestFinished(async () => void (await plain.end()))
  plain.template()
  await plain.run('j2', 'echo two')
  plain.send({ op: 'inv' })
  expect((await plain.wait('inv')).journal).toEqual(['j1', 'j2'])
  expect(plain.journal().records.map(({ r, id }) => r + id)).toEqual(['sj1', 'xj1', 'sj2', 'xj2'])
})

test('what a torn journal lost is cut off before anything is added', async () => {
  const keeper = await startKeeper()
  await keeper.run('j1', 'true')
  await keeper.end()
  const body = JSON.stringify({ r: 'f', id: 'j2' })
  appendFileSync(join(keeper.work, 'slot0.journal'), `${crc32(body).toString(16).padStart(8, '0')} ${body.slice(0, 9)}`)
  await keeper.start()
  keeper.template()
  await keeper.run('j3', 'true')
  expect(keeper.journal().records.map(({ r, id }) => r + id)).toEqual(['sj1', 'xj1', 'sj3', 'xj3'])
})
