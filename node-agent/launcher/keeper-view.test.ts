// What a job in a view sees and leaves: docs/keeper-protocol.md, "Views". Each as root and as a plain user, overlay and copy.
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { harm } from '../../test/support/input-harm.ts'
import { mountsSeen, places, startInView, text, uidOf, type ViewKeeper } from '../../test/support/keeper-view.ts'

const pristine = { 'a.txt': 'alpha', 'sub/b.txt': 'beta' }

/** The build as the host sees it: path -> content. */
function buildOf(keeper: ViewKeeper): Record<string, string> {
  const list = readdirSync(keeper.space, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    list
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(keeper.space.length + 1), statSync(path).isFile() ? readFileSync(path, 'utf8') : '/']),
  )
}

test.for(places)(
  '$kind as $user: a job finds build, input, script and an empty distribute_save at their own path',
  async (place, context) => {
    const keeper = await startInView(context, place, pristine)
    const before = buildOf(keeper)
    const script = keeper.script('print(1)')
    const look = 'pwd; ls; cat built.txt lib/data input/a.txt input/sub/b.txt job.py; ./tool; ls input distribute_save; id -u'
    const exit = await keeper.run('j1', look, { script })
    expect(text(exit)).toBe(
      `${keeper.space}\nbuilt.txt\ndistribute_save\ninitial_files\ninput\njob.py\nlib\ntool\n` +
        `builtdataalphabetaprint(1)tool of ${keeper.space}\ndistribute_save:\n\ninput:\na.txt\nsub\n${uidOf(place)}\n`,
    )
    expect(buildOf(keeper)).toEqual(before)
    expect(mountsSeen(keeper, 'self')).toEqual([])
  },
)

test.for(places)('$kind as $user: whatever a job does to its input, the next one finds it pristine', async (place, context) => {
  const big = 'x'.repeat(100_000)
  const keeper = await startInView(context, place, { ...pristine, 'big.dat': big })
  writeFileSync(join(keeper.work, 'outside'), 'outside')
  const script = keeper.script('print(1)')
  const look =
    "find input -printf '%p %y %m\\n' | sort; for f in a.txt sub/b.txt; do [ -f input/$f ] && cat input/$f; done; cksum < input/big.dat"
  const clean = text(await keeper.run('clean', look, { script }))
  expect(clean).toContain('alphabeta')
  for (const [index, [what, command]] of harm.entries()) {
    const dirty = text(await keeper.run(`harm${index}`, `(${command}) 2> /dev/null; (${look}) 2> /dev/null; true`, { script }))
    // Input is a mount of its own: nothing in it can be linked to from outside.
    if (!what.includes('hard-links')) expect(dirty, what).not.toBe(clean)
    expect(text(await keeper.run(`next${index}`, look, { script })), what).toBe(clean)
    await keeper.run(`tidy${index}`, 'rm -rf elsewhere t mine')
  }
  expect(keeper.read('outside')).toBe('outside')
})

test.for(places)('$kind as $user: what a job leaves elsewhere is for the next job of its slot only', async (place, context) => {
  const keeper = await startInView(context, place, pristine)
  const before = buildOf(keeper)
  const other = await startInView(context, place, pristine, keeper.work, 1)
  const change = 'echo mine > left; echo changed > built.txt; rm lib/data tool; mkdir lib/new; rm -r initial_files; mkdir initial_files'
  const look = 'cat left built.txt; find lib tool initial_files | sort'
  const own = 'mine\nchanged\nfind: ‘tool’: No such file or directory\ninitial_files\nlib\nlib/new\n'
  expect((await keeper.run('j1', change)).st).toBe(0)
  expect(text(await keeper.run('j2', `export LC_ALL=C.UTF-8; ${look}`))).toBe(own)
  expect(text(await other.run('j3', `exec 2> /dev/null; ${look}`))).toBe('builtinitial_files\nlib\nlib/data\ntool\n')
  expect(buildOf(keeper)).toEqual(before)
  await keeper.murder()
  await keeper.start(keeper.interpreter)
  keeper.show(pristine)
  expect(text(await keeper.run('j4', `export LC_ALL=C.UTF-8; ${look}`))).toBe(own)
})

test.for(places)(
  '$kind as $user: what a job saved is reported or set aside, and distribute_save stays the folder that is shown',
  async (place, context) => {
    const keeper = await startInView(context, place)
    const save = join(keeper.view.home, 'distribute_save')
    const small = await keeper.run('j1', 'echo one > distribute_save/a; mkdir distribute_save/none')
    expect(small).toMatchObject({ files: [['a', 0o644, Buffer.from('one\n').toString('base64')]], dirs: ['none'], big: false })
    const { ino } = statSync(save)
    const large = await keeper.run(
      'j2',
      'cd distribute_save; head -c 20000 /dev/zero > f; mkdir -p d/e; echo x > d/e/x; chmod 555 d; ln -s f l; ls -i f',
    )
    expect(large).toMatchObject({ files: null, big: true })
    const kept = join(keeper.work, 'attempts/j2/save')
    expect(readdirSync(kept).sort()).toEqual(['d', 'f', 'l'])
    expect(statSync(join(kept, 'd')).mode & 0o777).toBe(0o555)
    chmodSync(join(kept, 'd'), 0o755)
    expect(readFileSync(join(kept, 'd/e/x'), 'utf8')).toBe('x\n')
    // moved, not copied
    expect(text(large)).toBe(`${statSync(join(kept, 'f')).ino} f\n`)
    expect(statSync(save).ino).toBe(ino)
    expect(
      text(await keeper.run('j3', 'ls -A distribute_save; stat -c %a distribute_save; rmdir distribute_save 2> /dev/null || echo stays')),
    ).toBe('755\nstays\n')
    expect(await keeper.run('j4', 'chmod 0 distribute_save')).toMatchObject({ st: 0, files: null, big: true })
    expect((await keeper.run('j5', 'echo y > distribute_save/y')).files).toHaveLength(1)
  },
)

test.for(places)('$kind as $user: a folder that a job replaced behind the view is shown anew', async (place, context) => {
  const keeper = await startInView(context, place, pristine)
  await keeper.run('j1', 'true')
  const replace = (name: string) => `mv ../../views/abc/0/${name} ../../gone-${name}; mkdir ../../views/abc/0/${name}`
  await keeper.run('j2', `${replace('input')}; ${replace('distribute_save')}`)
  const exit = await keeper.run('j3', 'cat input/a.txt; echo new > distribute_save/new')
  expect(text(exit)).toBe('alpha')
  expect(exit.files).toHaveLength(1)
})

test.for(places)('$kind as $user: prepared input is moved in, not copied', async (place, context) => {
  const keeper = await startInView(context, place, pristine)
  await keeper.run('j0', 'true')
  const prepared = join(keeper.work, 'ws', 'prepared')
  writeFileSync(prepared, 'prepared', { mode: 0o644 })
  keeper.own()
  const { ino } = statSync(prepared)
  const exit = await keeper.run('j1', 'cat input/a.txt; ls -i input/a.txt', { files: [['a.txt', '1'.repeat(64), 0o644, prepared, 'm']] })
  expect(text(exit)).toBe(`prepared${ino} input/a.txt\n`)
})
