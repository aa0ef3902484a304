// Processes and limits of jobs in a view: nothing is left of them, recovery finds them, absolute paths of a build hold in two
// slots at once. Most as root and as a plain user, who is in a user namespace then.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, type TestContext, test } from 'vitest'
import { daemonScript, guardOf, killBoth, python, pythonSays } from '../../test/support/keeper-harness.ts'
import { namespaceOf, needsRoot, type Place, places, plainUid, startInView, text, type ViewKeeper } from '../../test/support/keeper-view.ts'
import { skipOrFail } from '../../test/support/needs.ts'
import { isAlive, processesOf, signalQuietly } from '../../test/support/processes.ts'
import { until } from '../../test/support/until.ts'

const users: readonly Place[] = [
  { kind: 'overlay', user: 'root' },
  { kind: 'overlay', user: 'plain' },
]

/** A running job that has left a daemon of its own session, without environment and parent; the daemon's pid. */
async function withDaemon(keeper: ViewKeeper, more: object = {}): Promise<number> {
  const file = join(keeper.space, '..', 'daemon.pid')
  const script = keeper.script(`${daemonScript}\ntime.sleep(600)\n`)
  keeper.own()
  keeper.send(keeper.job('j1', '', { argv: [python, './job.py'], script, env: { DAEMON: file }, ...more }))
  await until('the daemon is there', () => existsSync(file))
  const pid = Number(readFileSync(file, 'utf8'))
  expect(isAlive(pid)).toBe(true)
  expect(namespaceOf(pid)).toBe(namespaceOf(keeper.pid))
  return pid
}

test.for(places)('$kind as $user: a real venv in the build works at its own path in two slots at once', async (place, context) => {
  const first = await startInView(context, place)
  const venv = join(first.space, 'venv')
  // built in place, as a build script does
  first.template()
  const build = await first.run(
    'b1',
    `${python} -m venv --without-pip venv && printf '#!${venv}/bin/python3\\nimport sys; print(sys.prefix)\\n' > venv/bin/tell && chmod 755 venv/bin/tell`,
    { k: 'build' },
  )
  expect(build.st).toBe(0)
  first.show()
  const second = await startInView(context, place, {}, first.work, 1)
  const job = (own: number, other: number) =>
    `packages=$(echo venv/lib/python3*/site-packages); echo "slot = ${own}" > $packages/mine.py; touch ../../here.${own}
     while [ ! -e ../../here.${other} ]; do sleep 0.01; done
     venv/bin/tell; . ${venv}/bin/activate; python3 -c 'import mine; print(mine.slot)'; command -v python3`
  first.send(first.job('j1', job(0, 1)))
  second.send(second.job('j2', job(1, 0)))
  expect(text(await first.exit('j1'))).toBe(`${venv}\n0\n${venv}/bin/python3\n`)
  expect(text(await second.exit('j2'))).toBe(`${venv}\n1\n${venv}/bin/python3\n`)
  expect(readdirSync(venv, { recursive: true }).filter((name) => String(name).includes('mine'))).toEqual([])
})

test.for(users)('$kind as $user: nothing is left of a daemon when its job was killed', async (place, context) => {
  const keeper = await startInView(context, place)
  const pid = await withDaemon(keeper)
  keeper.send({ op: 'kill', id: 'j1', grace: 0, why: 'kill' })
  expect(await keeper.exit('j1')).toMatchObject({ st: 9, why: 'kill' })
  expect(isAlive(pid)).toBe(false)
})

test.for(users)('$kind as $user: the time limit ends the daemon, too', async (place, context) => {
  const keeper = await startInView(context, place)
  const pid = await withDaemon(keeper, { limit: 1 })
  expect(await keeper.exit('j1')).toMatchObject({ st: 15, why: 'timeout' })
  expect(isAlive(pid)).toBe(false)
})

test.for(users)('$kind as $user: kill -9 of the keeper ends the daemon, and the next keeper says lost', async (place, context) => {
  const keeper = await startInView(context, place)
  const pid = await withDaemon(keeper)
  await keeper.murder()
  expect(isAlive(pid)).toBe(false)
  await keeper.start(keeper.interpreter)
  expect(keeper.journal().records.at(-1)).toMatchObject({ r: 'x', id: 'j1', why: 'lost' })
})

test.for(users)('$kind as $user: kill -9 of the guard alone ends the keeper and its job', async (place, context) => {
  const keeper = await startInView(context, place)
  const pid = await withDaemon(keeper)
  process.kill(guardOf(keeper), 'SIGKILL')
  await keeper.start(keeper.interpreter)
  expect(isAlive(pid)).toBe(false)
  expect(keeper.journal().records.at(-1)).toMatchObject({ r: 'x', id: 'j1', why: 'kill' })
})

test.for(users)(
  '$kind as $user: kill -9 of keeper and guard: the next one finds by record and by DIST_SLOT what they left',
  async (place, context) => {
    const keeper = await startInView(context, place)
    // what was set free keeps the environment, the job itself has none
    keeper.send(keeper.job('j1', '(setsid sleep 600 &); exec env -i /bin/sleep 600'))
    const { pid } = await keeper.wait('start')
    await until('sleep runs', () => readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('/bin/sleep'))
    const all = processesOf(keeper.work).map((process) => process.pid)
    const jobs = all.filter((each) => each !== keeper.pid && each !== guardOf(keeper))
    await until('the child has its session', () => jobs.length === 2)
    onTestFinished(() => {
      for (const each of jobs) signalQuietly(each, 'SIGKILL')
    })
    const seen = namespaceOf(keeper.pid)
    await killBoth(keeper)
    expect(jobs.map(isAlive)).toEqual([true, true])
    expect(namespaceOf(pid)).toBe(seen)
    await keeper.start(keeper.interpreter)
    expect(jobs.map(isAlive)).toEqual([false, false])
    expect(keeper.journal().records.at(-1)).toMatchObject({ r: 'x', id: 'j1', why: 'lost' })
    // and the view can be mounted again over what they wrote
    keeper.show()
    expect((await keeper.run('j2', 'cat built.txt')).st).toBe(0)
  },
)

/** A memory cgroup of version 1 in which a plain user may make leaves; the keepers started by the interpreter are in it. */
function delegated(context: TestContext, keeper: ViewKeeper): string {
  const own = pythonSays("import keeper_limits as l\nprint(l.own_cgroups('/proc/self')[0] or '')").trim()
  const folder = join(own, `dist-test-${process.pid}`)
  if (own === '' || spawnSync('mkdir', [folder]).status !== 0) skipOrFail(context, 'no writable memory cgroup of version 1')
  onTestFinished(async () => {
    await keeper.end()
    await until('the cgroup is empty', () => tryRemove(folder))
  })
  execFileSync('chown', [`${plainUid}`, folder, join(folder, 'cgroup.procs')])
  const inside = join(keeper.scripts, '../inside')
  writeFileSync(inside, `#!/bin/sh\necho $$ > ${folder}/cgroup.procs\nexec ${keeper.interpreter} "$@"\n`, { mode: 0o755 })
  return inside
}

function tryRemove(folder: string): boolean {
  try {
    for (const leaf of readdirSync(folder).filter((name) => name.startsWith('dist-'))) rmdirSync(join(folder, leaf))
    rmdirSync(folder)
    return true
  } catch {
    return false
  }
}

test.for(users)('$kind as $user: a memory limit holds in a view', async (place, context) => {
  const keeper = await startInView(context, place)
  if (place.user === 'plain') {
    needsRoot(context)
    await keeper.end()
    const interpreter = delegated(context, keeper)
    await keeper.start(interpreter)
    keeper.show()
  } else if (
    pythonSays('import keeper_limits as l\nlimits = l.open_limits(sys.argv[1], 9)\nprint(limits)\nlimits and limits.remove()', [
      keeper.work,
    ]) === 'None\n'
  )
    skipOrFail(context, 'no writable memory cgroup')
  // known to be in the namespace before the job with the limit
  await keeper.run('j0', 'true')
  const program = keeper.script('import os\nprint(os.path.exists("built.txt"), flush=True)\nx = bytearray(200 << 20)\n')
  keeper.own()
  keeper.send(keeper.job('j1', '', { argv: [python, './job.py'], script: program, memory: 50 << 20 }))
  const over = await keeper.exit('j1')
  expect(over).toMatchObject({ st: 9, oom: true })
  expect(text(over)).toBe('True\n')
  expect((await keeper.run('j2', 'true', { memory: 50 << 20 })).oom).toBeUndefined()
})
