import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { harm } from '../../test/support/input-harm.ts'
import { type KeeperHarness, pythonSays, startKeeper, temporaryFolder } from '../../test/support/keeper-harness.ts'
import { onlyPython, test } from '../../test/support/keeper-test.ts'

const big = 'x'.repeat(100_000)
const pristine = { 'a.txt': 'alpha', 'sub/b.txt': 'beta', 'big.dat': big }

const input = (keeper: KeeperHarness, ...path: string[]) => join(keeper.space, 'input', ...path)

/** Everything below `input/` as path -> content, kind or mode. */
function tree(keeper: KeeperHarness, folder = ''): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of readdirSync(input(keeper, folder)).sort()) {
    const rel = folder === '' ? name : `${folder}/${name}`
    const facts = lstatSync(input(keeper, rel))
    if (facts.isDirectory()) Object.assign(found, tree(keeper, rel))
    else found[rel] = facts.isSymbolicLink() ? 'link' : readFileSync(input(keeper, rel), 'utf8')
  }
  return found
}

function identity(path: string): string {
  const { ino, ctimeNs, size } = statSync(path, { bigint: true })
  return `${ino} ${ctimeNs} ${size}`
}

test('input holds the pristine files, the script lies beside it and distribute_save is empty', async () => {
  const keeper = await startKeeper(pristine)
  await keeper.run('j1', 'true', { script: keeper.script('print(1)') })
  expect(tree(keeper)).toEqual(pristine)
  expect(readdirSync(keeper.space).sort()).toEqual(['distribute_save', 'input', 'job.py'])
  expect(keeper.read('ws/abc/job.py')).toBe('print(1)')
  expect(readdirSync(join(keeper.space, 'distribute_save'))).toEqual([])
  expect(statSync(input(keeper, 'a.txt')).mode & 0o777).toBe(0o644)
})

test('unchanged input and script are not written again', async () => {
  const keeper = await startKeeper(pristine)
  const script = keeper.script('print(1)')
  await keeper.run('j1', 'true', { script })
  const paths = [
    ...Object.keys(pristine).map((rel) => input(keeper, rel)),
    join(keeper.space, 'job.py'),
    input(keeper),
    input(keeper, 'sub'),
  ]
  const before = paths.map(identity)
  for (const id of ['j2', 'j3', 'j4']) await keeper.run(id, 'cat input/a.txt > /dev/null', { script })
  expect(paths.map(identity)).toEqual(before)
})

test.each(harm)('a job that %s does not reach the next one', async (_, command) => {
  const keeper = await startKeeper(pristine)
  writeFileSync(join(keeper.work, 'outside'), 'outside')
  const script = keeper.script('print(1)')
  await keeper.run('j1', 'true', { script })
  await keeper.run('j2', command, { script })
  const dirty = JSON.stringify(existsSync(input(keeper)) && lstatSync(input(keeper)).isDirectory() ? describe(input(keeper)) : 'gone')
  const exit = await keeper.run('j3', 'cat input/a.txt input/sub/b.txt', { script })
  expect(Buffer.from(exit.out ?? '', 'base64').toString()).toBe('alphabeta')
  expect(tree(keeper)).toEqual(pristine)
  expect(JSON.stringify(describe(input(keeper)))).not.toBe(dirty)
  expect(statSync(input(keeper, 'a.txt')).mode & 0o777).toBe(0o644)
  expect(keeper.read('outside')).toBe('outside')
  // The file that a job keeps under another name is its own.
  if (existsSync(join(keeper.space, 'mine'))) expect(keeper.read('ws/abc/mine')).toBe('omega')
})

/** Names, inodes and change times, to see that a job did something. */
function describe(folder: string): unknown[] {
  const facts = lstatSync(folder, { bigint: true })
  if (!facts.isDirectory()) return [folder, String(facts.ino), String(facts.ctimeNs)]
  const open = (Number(facts.mode) & 0o500) === 0o500 || process.getuid?.() === 0
  return [
    folder,
    String(facts.ino),
    String(facts.ctimeNs),
    open ? readdirSync(folder).map((name) => describe(join(folder, name))) : 'closed',
  ]
}

onlyPython('a change within the tick of the clock is found by comparing contents', () => {
  // The stat of the changed file is made to look like the one that was remembered: what a coarse clock does.
  const work = temporaryFolder()
  writeFileSync(join(work, 'blob'), 'alpha')
  mkdirSync(join(work, 'w'))
  const says = pythonSays(
    `import os, json
from keeper_workspace import Workspace
work = sys.argv[1]
os.chdir(work + '/w')
space = Workspace({'w': work + '/w', 'env': {}, 'files': [['a', 's', 0o644, work + '/blob']]})
space.stage(space.plan, None)
found = []
for near in True, False:
    with open('input/a', 'w') as file: file.write('ALPHA')
    f = os.lstat('input/a')
    space.have['input/a'] = (f.st_ino, f.st_ctime_ns, f.st_size, f.st_mode, 's')
    space.trust = f.st_ctime_ns - 1 if near else f.st_ctime_ns
    space.stage(space.plan, None)
    found.append(open('input/a').read())
print(json.dumps(found))`,
    [work],
  )
  // The control: a ctime that is old enough counts as proof.
  expect(JSON.parse(says)).toEqual(['alpha', 'ALPHA'])
})

onlyPython('a new name within the tick of the clock is found by listing', () => {
  const work = temporaryFolder()
  mkdirSync(join(work, 'w'))
  const says = pythonSays(
    `import os, json
from keeper_workspace import Workspace
os.chdir(sys.argv[1] + '/w')
space = Workspace({'w': sys.argv[1] + '/w', 'env': {}, 'files': []})
space.stage(space.plan, None)
open('input/new', 'w').close()
f = os.lstat('input')
space.folders['input'] = (f.st_ino, f.st_ctime_ns)
space.trust = f.st_ctime_ns - 1
space.stage(space.plan, None)
print(json.dumps(os.listdir('input')))`,
    [work],
  )
  expect(JSON.parse(says)).toEqual([])
})

test("a job's own files are laid over the pristine ones and gone for the next", async () => {
  const keeper = await startKeeper(pristine)
  const own = [keeper.file('input.json', '{"n": 1}'), keeper.file('deep/er/c.txt', 'gamma'), keeper.file('a.txt', 'mine')]
  await keeper.run('j1', 'true', { files: own })
  expect(tree(keeper)).toEqual({ ...pristine, 'a.txt': 'mine', 'input.json': '{"n": 1}', 'deep/er/c.txt': 'gamma' })
  await keeper.run('j2', 'true', { files: [keeper.file('input.json', '{"n": 2222}')] })
  expect(tree(keeper)).toEqual({ ...pristine, 'input.json': '{"n": 2222}' })
  await keeper.run('j3', 'true', { files: [keeper.file('input.json', '{}')] })
  expect(tree(keeper)).toEqual({ ...pristine, 'input.json': '{}' })
  await keeper.run('j4', 'true')
  expect(tree(keeper)).toEqual(pristine)
  expect(existsSync(input(keeper, 'deep'))).toBe(false)
})

test('prepared input is moved in and the file that it replaces is gone', async () => {
  const keeper = await startKeeper(pristine)
  mkdirSync(join(keeper.work, 'attempts/j1/in'), { recursive: true })
  const prepared = join(keeper.work, 'attempts/j1/in/0')
  writeFileSync(prepared, 'prepared')
  const { ino } = statSync(prepared)
  await keeper.run('j1', 'true', { files: [['a.txt', '1'.repeat(64), 0o755, prepared, 'm']] })
  expect(tree(keeper)).toEqual({ ...pristine, 'a.txt': 'prepared' })
  expect(statSync(input(keeper, 'a.txt')).ino).toBe(ino)
  expect(statSync(input(keeper, 'a.txt')).mode & 0o777).toBe(0o755)
  await keeper.run('j2', 'true')
  expect(tree(keeper)).toEqual(pristine)
})

test('a script that a job changed, or the next job has another of, is replaced', async () => {
  const keeper = await startKeeper()
  const script = keeper.script('one')
  await keeper.run('j1', 'printf two > job.py', { script })
  await keeper.run('j2', 'true', { script })
  expect(keeper.read('ws/abc/job.py')).toBe('one')
  await keeper.run('j3', 'rm job.py; ln -s ../../outside job.py', { script })
  await keeper.run('j4', 'true', { script: keeper.script('three, longer') })
  expect(keeper.read('ws/abc/job.py')).toBe('three, longer')
  expect(existsSync(join(keeper.work, 'outside'))).toBe(false)
})

test('a template that is sent again holds from the next job on', async () => {
  const keeper = await startKeeper(pristine)
  await keeper.run('j1', 'true')
  keeper.template({ 'other.txt': 'other' })
  await keeper.run('j2', 'true')
  expect(tree(keeper)).toEqual({ 'other.txt': 'other' })
})

test('a template may be sent while a job of it runs and waits', async () => {
  const keeper = await startKeeper(pristine)
  keeper.send(keeper.job('j1', 'sleep 0.2; echo kept > distribute_save/f'), keeper.job('j2', 'true'))
  await keeper.wait('start')
  keeper.template({ 'other.txt': 'other' })
  keeper.send(keeper.job('j3', 'true'))
  expect((await keeper.exit('j1')).files).toHaveLength(1)
  expect((await keeper.exit('j2')).files).toEqual([])
  await keeper.exit('j3')
  expect(tree(keeper)).toEqual({ 'other.txt': 'other' })
})

test('two jobsets in turn each find their own workspace as it was', async () => {
  const keeper = await startKeeper(pristine)
  const other = join(keeper.work, 'ws', 'other')
  mkdirSync(other)
  keeper.send({ op: 'tmpl', t: 'other', w: other, env: { PATH: '/bin' }, files: [] })
  await keeper.run('j1', 'touch leftover')
  const exit = await keeper.run('j2', 'echo hi > ../abc/input/a.txt; echo x > ../abc/distribute_save/x; pwd; ls input', { t: 'other' })
  expect(Buffer.from(exit.out ?? '', 'base64').toString()).toBe(`${other}\n`)
  expect((await keeper.run('j3', 'ls leftover')).files).toEqual([])
  expect(tree(keeper)).toEqual(pristine)
})

test('what a killed keeper knew is not believed by the next', async () => {
  const keeper = await startKeeper(pristine)
  await keeper.run('j1', 'true')
  await keeper.murder()
  chmodSync(input(keeper), 0o755)
  writeFileSync(input(keeper, 'a.txt'), 'ALPHA')
  writeFileSync(join(keeper.space, 'distribute_save/rest'), 'rest')
  await keeper.start()
  keeper.template(pristine)
  expect((await keeper.run('j2', 'true')).files).toEqual([])
  expect(tree(keeper)).toEqual(pristine)
})
