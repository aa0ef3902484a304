import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { startKeeper } from '../../test/support/keeper-harness.ts'
import { test } from '../../test/support/keeper-test.ts'
import { until } from '../../test/support/until.ts'

const text = (base64: string | null) => Buffer.from(base64 ?? '', 'base64').toString()

test('a job runs in its workspace, in a session of its own, with stdin from /dev/null', async () => {
  const keeper = await startKeeper()
  const exit = await keeper.run('j1', 'pwd; cut -d" " -f1,6 /proc/$$/stat; readlink /proc/$$/fd/0')
  const [folder, ids, stdin] = text(exit.out).split('\n')
  expect(folder).toBe(keeper.space)
  const [pid, session] = (ids ?? '').split(' ')
  expect(session).toBe(pid)
  expect(stdin).toBe('/dev/null')
})

test('argv is passed as it is and a bare name is found in the PATH of the environment given', async () => {
  const keeper = await startKeeper()
  const tools = join(keeper.work, 'tools')
  mkdirSync(tools)
  writeFileSync(join(tools, 'echoer'), '#!/bin/sh\nprintf "%s|" "$@"', { mode: 0o755 })
  const exit = await keeper.run('j1', '', { argv: ['echoer', 'a b', '', 'ü'], env: { PATH: `${tools}:/bin` } })
  expect(text(exit.out)).toBe('a b||ü|')
})

test('the environment is the template plus the run, and nothing of the keeper', async () => {
  const keeper = await startKeeper()
  keeper.template({}, { A: '1', B: '2' })
  const exit = await keeper.run('j1', '', { argv: ['/usr/bin/env'], env: { B: '3' } })
  const names = text(exit.out).trim().split('\n').sort()
  expect(names).toEqual(['A=1', 'B=3', 'DIST_ATTEMPT=j1', `DIST_SLOT=${keeper.work}/slot0`, 'PATH=/usr/bin:/bin'])
})

test('a job has no descriptor of the keeper and default signals', async () => {
  const keeper = await startKeeper()
  const exit = await keeper.run('j1', 'ls /proc/self/fd; grep -E "Sig(Blk|Ign)" /proc/self/status')
  expect(text(exit.out).split('\n').slice(0, 4)).toEqual(['0', '1', '2', '3'])
  // 32 and 33 belong to the C library, which ignores them in whatever posix_spawn starts; Node forks.
  expect(text(exit.out)).toMatch(/SigBlk:\t0+\nSigIgn:\t0000000[01][08]0000000\n/)
})

test('exit codes and signals are told as a raw wait status', async () => {
  const keeper = await startKeeper()
  expect((await keeper.run('j1', 'exit 201')).st).toBe(201 << 8)
  expect((await keeper.run('j2', 'kill -SEGV $$')).st & 0x7f).toBe(11)
  expect((await keeper.run('j3', 'exit 0')).why).toBeNull()
})

test('stdout and stderr come in the order of writes', async () => {
  const keeper = await startKeeper()
  const exit = await keeper.run('j1', 'for i in 1 2 3; do echo out$i; echo err$i >&2; done')
  expect(text(exit.out)).toBe('out1\nerr1\nout2\nerr2\nout3\nerr3\n')
})

test('usage covers the whole tree', async () => {
  const keeper = await startKeeper()
  const burn = "python3 -c 'x = bytearray(60 << 20)\nimport time\nwhile time.process_time() < 0.4: pass'"
  const exit = await keeper.run('j1', `(${burn})`)
  expect(exit.ut + exit.stm).toBeGreaterThan(390_000)
  expect(exit.rss).toBeGreaterThan(60 << 10)
  expect(exit.wall).toBeGreaterThan(390_000)
  expect(Math.abs(exit.at - Date.now())).toBeLessThan(60_000)
})

test('a missing program is a failure to spawn, and the next job runs', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', '', { argv: ['no-such-program'] }), keeper.job('j2', 'true'))
  const fail = await keeper.wait('fail')
  expect(fail).toMatchObject({ id: 'j1', k: 'job', err: 'spawn' })
  expect(fail.msg).toContain('no-such-program')
  expect((await keeper.exit('j2')).st).toBe(0)
  expect(keeper.journal().records.map((record) => record.r)).toEqual(['f', 's', 'x'])
})

test('a script whose interpreter is missing is a failure to spawn, and the next job runs', async () => {
  const keeper = await startKeeper()
  const [name, sha256, , source] = keeper.script('#!/nowhere/at/all\n', 'tool')
  keeper.send(keeper.job('j1', '', { argv: ['./tool'], script: [name, sha256, 0o755, source] }))
  expect(await keeper.wait('fail')).toMatchObject({ id: 'j1', err: 'spawn', msg: expect.stringContaining('tool') })
  expect((await keeper.run('j2', 'true')).st).toBe(0)
})

test('a run of a jobset that the keeper does not know fails to stage', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', 'true', { t: 'other' }))
  expect(await keeper.wait('fail')).toMatchObject({ id: 'j1', err: 'stage' })
})

test('a missing input fails to stage and says which', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', 'true', { files: [['a', '0'.repeat(64), 0o644, join(keeper.work, 'cache/none'), 'c']] }))
  expect((await keeper.wait('fail')).msg).toContain('cache/none')
})

test('an order that makes no sense does not end the keeper', async () => {
  const keeper = await startKeeper()
  keeper.send({ ...keeper.job('../evil', 'true') }, keeper.job('j1', 'true'))
  expect((await keeper.exit('j1')).st).toBe(0)
  expect(existsSync(join(keeper.work, 'evil'))).toBe(false)
})

test('a build is not staged and its output and save folder are reported', async () => {
  const keeper = await startKeeper({ 'a.txt': 'a' })
  mkdirSync(join(keeper.space, 'input'))
  mkdirSync(join(keeper.space, 'distribute_save'))
  writeFileSync(join(keeper.space, 'input/mine'), 'stays')
  const exit = await keeper.run('b1', 'cat input/*; echo saved > distribute_save/log; touch built', { k: 'build' })
  expect(exit).toMatchObject({ k: 'build', st: 0, files: [['log', 0o644, Buffer.from('saved\n').toString('base64')]] })
  expect(text(exit.out)).toBe('stays')
  expect(text((await keeper.run('j1', 'ls; ls input')).out)).toBe('built\ndistribute_save\ninput\na.txt\n')
})

test('SIGTERM comes first and SIGKILL after the grace', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', 'trap "echo term" TERM; echo up; while :; do sleep 0.05; done'))
  await keeper.wait('start')
  keeper.send({ op: 'kill', id: 'j1', grace: 0.2, why: 'kill' })
  const exit = await keeper.exit('j1')
  expect(exit).toMatchObject({ st: 9, why: 'kill' })
  expect(text(exit.out)).toContain('term')
})

test('a job that obeys SIGTERM ends by itself', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', 'trap "exit 3" TERM; while :; do sleep 0.01; done'))
  await keeper.wait('start')
  keeper.send({ op: 'kill', id: 'j1', grace: 30, why: 'kill' })
  expect(await keeper.exit('j1')).toMatchObject({ st: 3 << 8, why: 'kill' })
})

test('a stopped job can be killed gently too', async () => {
  const keeper = await startKeeper()
  keeper.send(keeper.job('j1', 'kill -STOP $$; sleep 60'))
  const { pid } = await keeper.wait('start')
  await until('the job is stopped', () => / T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')))
  keeper.send({ op: 'kill', id: 'j1', grace: 30, why: 'kill' })
  expect((await keeper.exit('j1')).st & 0x7f).toBe(15)
})

test('the time limit ends a job with why timeout', async () => {
  const keeper = await startKeeper()
  const exit = await keeper.run('j1', 'sleep 60', { limit: 0.1 })
  expect(exit).toMatchObject({ st: 15, why: 'timeout' })
  expect(exit.wall).toBeLessThan(2_000_000)
})

test('output of a job is not seen by the next', async () => {
  const keeper = await startKeeper()
  await keeper.run('j1', 'echo first')
  expect(text((await keeper.run('j2', 'echo second')).out)).toBe('second\n')
  expect(statSync(join(keeper.work, 'slot0.out')).size).toBe(0)
})
