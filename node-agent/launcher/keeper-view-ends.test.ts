// Views that cannot be, and the end of keepers that have one: what the kernel refuses, what is said, what is left.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { killBoth, python, temporaryFolder } from '../../test/support/keeper-harness.ts'
import { mountsSeen, namespaceOf, needsRoot, type Place, places, startInView, text } from '../../test/support/keeper-view.ts'
import { skipOrFail } from '../../test/support/needs.ts'
import { processesOf } from '../../test/support/processes.ts'
import { until } from '../../test/support/until.ts'
import { within } from '../../test/support/within.ts'

const overlay: Place = { kind: 'overlay', user: 'root' }
const copy: Place = { kind: 'copy', user: 'root' }

/** Living processes that see the same mounts as one did. */
function inNamespace(name: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => namespaceOf(pid) === name)
}

test('where no namespace can be made the job fails to stage and says why, and a job without a view runs', async (context) => {
  const keeper = await startInView(context, overlay)
  await keeper.end()
  const poor = join(temporaryFolder(), 'python3')
  writeFileSync(
    poor,
    '#!/bin/sh\nexec unshare -Ur sh -c \'echo 0 > /proc/sys/user/max_mnt_namespaces && exec /usr/bin/python3 "$@"\' python3 "$@"\n',
    {
      mode: 0o755,
    },
  )
  await keeper.start(poor)
  keeper.show()
  keeper.send(keeper.job('j1', 'true'))
  const fail = await keeper.wait('fail')
  expect(fail).toMatchObject({ id: 'j1', err: 'stage' })
  expect(fail.msg).toContain('no mount namespace')
  expect(fail.msg).toContain(keeper.space)
  keeper.template()
  expect(await keeper.run('j2', 'echo x > here')).toMatchObject({ st: 0 })
})

test('where a user namespace can be begun but not finished the keeper itself is not left in it', async (context) => {
  needsRoot(context)
  const keeper = await startInView(context, { kind: 'overlay', user: 'plain' })
  await keeper.end()
  const readOnly = join(keeper.scripts, '../read-only')
  const remount = `mount -o remount,bind,ro /proc && exec ${keeper.interpreter} "$@"`
  writeFileSync(readOnly, `#!/bin/sh\nexec unshare -m sh -c '${remount}' python3 "$@"\n`, { mode: 0o755 })
  await keeper.start(readOnly)
  keeper.show()
  keeper.send(keeper.job('j1', 'true'))
  expect((await keeper.wait('fail')).msg).toMatch(/user namespace .*Read-only file system/)
  keeper.template()
  keeper.own()
  expect(text(await keeper.run('j2', 'echo x > here; id -u'))).toBe('61234\n')
})

test('what is mounted for a view is not seen on a host whose mounts are shared', async (context) => {
  needsRoot(context)
  const work = join(temporaryFolder(), 'mnt')
  mkdirSync(work)
  if (spawnSync('mount', ['-t', 'tmpfs', 'none', work]).status !== 0) skipOrFail(context, 'no permission to mount a tmpfs')
  onTestFinished(() => void spawnSync('umount', ['-l', work]))
  expect(spawnSync('mount', ['--make-shared', work]).status).toBe(0)
  // whether views are possible is asked on an ordinary folder
  await startInView(context, overlay)
  const keeper = await startInView(context, overlay, {}, work)
  await keeper.run('j1', 'true')
  expect(mountsSeen(keeper, 'self')).toHaveLength(1)
  expect(mountsSeen(keeper)).toHaveLength(4)
})

test('a mount that the kernel refuses fails the job and says what could not be mounted', async (context) => {
  const keeper = await startInView(context, overlay)
  await keeper.run('j1', 'true')
  await keeper.end()
  const upper = join(keeper.view.home, 'up')
  // upper and work folder on two file systems
  if (spawnSync('mount', ['-t', 'tmpfs', 'none', upper]).status !== 0) skipOrFail(context, 'no permission to mount a tmpfs')
  onTestFinished(() => void spawnSync('umount', ['-l', upper]))
  await keeper.start()
  keeper.show()
  keeper.send(keeper.job('j2', 'true'))
  const fail = await keeper.wait('fail')
  expect(fail).toMatchObject({ id: 'j2', err: 'stage' })
  expect(fail.msg).toContain(`overlay of ${keeper.space}`)
  spawnSync('umount', [upper])
  await keeper.end()
  await keeper.start()
  keeper.show()
  expect((await keeper.run('j3', 'true')).st).toBe(0)
})

test.for(places)('$kind as $user: kill -9 of the keeper leaves no mount and no process of its namespace', async (place, context) => {
  const keeper = await startInView(context, place)
  keeper.send(keeper.job('j1', 'setsid sleep 600 & sleep 600'))
  await keeper.wait('start')
  const name = namespaceOf(keeper.pid) ?? ''
  expect(name).not.toBe(namespaceOf('self'))
  await until('all of it is there', () => inNamespace(name).length === 4)
  expect(mountsSeen(keeper, 'self')).toEqual([])
  await keeper.murder()
  expect(inNamespace(name)).toEqual([])
  expect(mountsSeen(keeper, 'self')).toEqual([])
  await keeper.start(keeper.interpreter)
  expect(keeper.journal().records.at(-1)).toMatchObject({ r: 'x', id: 'j1', why: 'lost' })
})

test('half a copy that a killed keeper left is not taken for the build', async (context) => {
  const keeper = await startInView(context, copy)
  await keeper.run('j1', 'true')
  await keeper.end()
  rmSync(join(keeper.view.home, 'tree'), { recursive: true })
  mkdirSync(join(keeper.view.home, 'tree.new/lib'), { recursive: true })
  writeFileSync(join(keeper.view.home, 'tree.new/built.txt'), 'bui')
  writeFileSync(join(keeper.view.home, 'tree.new/old'), '')
  await keeper.start()
  keeper.show()
  expect(text(await keeper.run('j2', 'cat built.txt lib/data; ls old 2> /dev/null'))).toBe('builtdata')
  expect(readdirSync(keeper.view.home).sort()).toEqual(['distribute_save', 'input', 'of', 'tree'])
})

/** Holds up whoever opens the file, for 45 s at most; the one who does. */
async function leased(file: string): Promise<number> {
  const lease = `import fcntl, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
file = open(sys.argv[1], 'r+')
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print('held', flush=True)
signal.pause()`
  const holder = spawn(python, ['-c', lease, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void holder.kill('SIGKILL'))
  await within(once(holder.stdout, 'data'), 'the lease is held')
  return holder.pid ?? 0
}

test('a keeper that copies still ends at once, and the job counts as never started', async (context) => {
  const keeper = await startInView(context, copy)
  const holder = await leased(join(keeper.space, 'lib/data'))
  keeper.send(keeper.job('j1', 'true'), keeper.job('j2', 'true'))
  await until('the copy waits', () => existsSync(join(keeper.view.home, 'tree.new/lib')))
  expect(await keeper.end()).toBe(0)
  expect(keeper.journal().records).toEqual([])
  expect(existsSync(join(keeper.view.home, 'tree'))).toBe(false)
  expect(processesOf(keeper.work).map(({ pid }) => pid)).toEqual([holder])
})

test('a copy that a keeper and its guard left when they were killed is ended by the next', async (context) => {
  const keeper = await startInView(context, copy)
  const holder = await leased(join(keeper.space, 'lib/data'))
  keeper.send(keeper.job('j1', 'true'))
  await until('the copy waits', () => existsSync(join(keeper.view.home, 'tree.new/lib')))
  const others = () => processesOf(keeper.work).filter(({ pid }) => pid !== holder)
  await killBoth(keeper)
  expect(others().map(({ command }) => command.split(' ')[0])).toEqual(['/usr/bin/cp'])
  await keeper.start()
  expect(others().filter(({ command }) => command.startsWith('/usr/bin/cp'))).toEqual([])
})

test('a copy that fails says of what', async (context) => {
  needsRoot(context)
  const keeper = await startInView(context, { kind: 'copy', user: 'plain' })
  writeFileSync(join(keeper.space, 'secret'), 'x', { mode: 0o600 })
  keeper.send(keeper.job('j1', 'true'))
  const fail = await keeper.wait('fail')
  expect(fail).toMatchObject({ id: 'j1', err: 'stage' })
  expect(fail.msg).toMatch(/cannot copy .*secret/)
})

test('a work folder that belongs to a project group is worked in by copy, its modes and group kept', async (context) => {
  needsRoot(context)
  const keeper = await startInView(context, { kind: 'copy', user: 'plain' })
  await keeper.end()
  spawnSync('chown', ['-R', ':61999', keeper.work])
  for (const folder of [
    keeper.work,
    ...readdirSync(keeper.work, { recursive: true, withFileTypes: true })
      .filter((e) => e.isDirectory())
      .map((e) => join(e.parentPath, e.name)),
  ])
    chmodSync(folder, 0o2775)
  const member = join(keeper.scripts, '../member')
  writeFileSync(member, '#!/bin/sh\nexec setpriv --reuid 61234 --regid 61234 --groups 61999 /usr/bin/python3 "$@"\n', { mode: 0o755 })
  await keeper.start(member)
  keeper.template({}, {}, keeper.view)
  const exit = await keeper.run(
    'j1',
    'echo x >> lib/data; cat lib/data; cd distribute_save; mkdir -p d/e; echo y > d/e/y; ln -s d l; chmod 555 d',
  )
  expect(exit).toMatchObject({ st: 0, big: true, files: null })
  expect(text(exit)).toBe('datax\n')
  expect(readFileSync(join(keeper.work, 'attempts/j1/save/d/e/y'), 'utf8')).toBe('y\n')
  expect((await keeper.run('j2', 'echo again > distribute_save/z')).files).toHaveLength(1)
  expect(spawnSync('stat', ['-c', '%g', join(keeper.view.home, 'tree/lib/data')], { encoding: 'utf8' }).stdout).toBe('61999\n')
})
