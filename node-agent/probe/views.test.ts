import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, type TestContext, test } from 'vitest'
import { packageRoot } from '../../shared/base/package-info.ts'
import { python, temporaryFolder } from '../../test/support/keeper-harness.ts'
import { plainPython } from '../../test/support/keeper-view.ts'
import { needs, skipOrFail } from '../../test/support/needs.ts'
import { expectNoProcesses } from '../../test/support/processes.ts'
import { until } from '../../test/support/until.ts'
import { probeViews } from './views.ts'

/** What the probe says, having left nothing behind. */
async function probed(interpreter: string, work: string): Promise<string> {
  const mounts = () => readFileSync('/proc/self/mountinfo', 'utf8').split(work).length
  const before = mounts()
  const says = await probeViews(interpreter, work)
  expect(readdirSync(work)).toEqual([])
  expect(mounts()).toBe(before)
  return says
}

/** An interpreter in a shell that did something first. */
function after(command: string): string {
  const path = join(temporaryFolder(), 'python3')
  writeFileSync(path, `#!/bin/sh\n${command}\n`, { mode: 0o755 })
  return path
}

/** A work folder on a file system of its own. */
function mounted(context: TestContext, ...args: readonly string[]): string {
  const folder = join(temporaryFolder(), 'mnt')
  mkdirSync(folder)
  if (spawnSync('mount', [...args, folder]).status !== 0) skipOrFail(context, `cannot mount ${args.join(' ')}`)
  onTestFinished(() => void spawnSync('umount', ['-l', folder]))
  return folder
}

test('the probe gives one of three words and leaves nothing behind', async () => {
  expect(['overlay', 'copy', 'none']).toContain(await probed(python, temporaryFolder()))
})

test('a folder whose name has the signs of mount options is no harder', async (context) => {
  const plain = await probed(python, temporaryFolder())
  if (plain !== 'overlay') skipOrFail(context, 'no overlay here')
  const odd = join(temporaryFolder(), 'a,b:c\\d e')
  mkdirSync(odd)
  expect(await probed(python, odd)).toBe('overlay')
})

test('on a file system that cannot take what an overlay writes a copy is left', async (context) => {
  needs(context, 'mount')
  // an overlay itself: it cannot be written to by a second one
  const layers = temporaryFolder()
  for (const name of ['lower', 'up', 'work']) mkdirSync(join(layers, name))
  const options = `lowerdir=${layers}/lower,upperdir=${layers}/up,workdir=${layers}/work`
  const folder = mounted(context, '-t', 'overlay', '-o', options, 'none')
  expect(await probed(python, folder)).toBe('copy')
})

test('a plain user gets a view by a user namespace', async (context) => {
  const work = temporaryFolder()
  const user = plainPython(context, work)
  const says = await probed(user.interpreter, work)
  if (says === 'none') skipOrFail(context, 'user namespaces are not allowed here')
  expect(['overlay', 'copy']).toContain(says)
})

test('where no mount namespace may be made there is none', async (context) => {
  needs(context, 'unshare')
  const poor = after('exec unshare -Ur sh -c \'echo 0 > /proc/sys/user/max_mnt_namespaces && exec /usr/bin/python3 "$@"\' python3 "$@"')
  expect(await probed(poor, temporaryFolder())).toBe('none')
})

test('a folder that cannot be written, or an interpreter that does not work, means none', async () => {
  expect(await probeViews(python, join(temporaryFolder(), 'absent'))).toBe('none')
  expect(await probeViews('/bin/false', temporaryFolder())).toBe('none')
})

test('a probe that is given up cleans up, too', async () => {
  const work = temporaryFolder()
  // the program itself, but what it tries takes for ever
  const slow = join(temporaryFolder(), 'slow.py')
  const python3 = after(`exec ${python} ${slow} "$6"`)
  writeFileSync(
    slow,
    `import signal, sys
sys.path.insert(0, ${JSON.stringify(join(packageRoot(), 'python'))})
import keeper_view_probe
keeper_view_probe.use = lambda *_: signal.pause()
print(keeper_view_probe.probe(sys.argv[1]))
`,
  )
  const stopper = new AbortController()
  const says = probeViews(python3, work, stopper.signal)
  await until('it has begun', () => readdirSync(work).length > 0)
  stopper.abort()
  expect(await says).toBe('none')
  await until('its folder is gone', () => readdirSync(work).length === 0)
  await expectNoProcesses(work)
})
