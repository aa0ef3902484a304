// When views come and go: builds, new templates, folders that the agent removes or makes anew.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  layOutBuild,
  mountsSeen,
  namespaceOf,
  type Place,
  places,
  startInView,
  text,
  type ViewKeeper,
} from '../../test/support/keeper-view.ts'
import { until } from '../../test/support/until.ts'

const overlay: Place = { kind: 'overlay', user: 'root' }
const copy: Place = { kind: 'copy', user: 'root' }
const asUser: Place = { kind: 'overlay', user: 'plain' }

test('a keeper that needs no view stays in the namespace of the host', async (context) => {
  const keeper = await startInView(context, overlay)
  keeper.template()
  await keeper.run('j1', 'true')
  expect(namespaceOf(keeper.pid)).toBe(namespaceOf('self'))
  keeper.show()
  await keeper.run('j2', 'true')
  expect(namespaceOf(keeper.pid)).not.toBe(namespaceOf('self'))
})

test.for(places)(
  '$kind as $user: a build of a template without a view runs on the folder itself, a job of one sees it',
  async (place, context) => {
    const keeper = await startInView(context, place)
    await keeper.run('j1', 'echo slot > left')
    expect(mountsSeen(keeper)).toHaveLength(3)
    keeper.template()
    const build = await keeper.run('b1', 'ls left 2> /dev/null; echo again > rebuilt.txt', { k: 'build' })
    expect(text(build)).toBe('')
    expect(readFileSync(join(keeper.space, 'rebuilt.txt'), 'utf8')).toBe('again\n')
    expect(mountsSeen(keeper)).toEqual([])
    expect(text(await keeper.run('j2', 'ls left 2> /dev/null; echo in place > here; cat rebuilt.txt'))).toBe('again\n')
    expect(existsSync(join(keeper.space, 'here'))).toBe(true)
  },
)

test('a build runs on the folder itself also while the template has a view, and the next job is in the view again', async (context) => {
  const keeper = await startInView(context, overlay)
  await keeper.run('j1', 'echo slot > left')
  await keeper.run('b1', 'echo b > made-by-build; echo saved > distribute_save/log', { k: 'build' })
  expect(existsSync(join(keeper.space, 'made-by-build'))).toBe(true)
  expect(text(await keeper.run('j2', 'cat left made-by-build'))).toBe('slot\nb\n')
  expect(existsSync(join(keeper.space, 'left'))).toBe(false)
})

test('another home, another kind or no view holds from the next job on', async (context) => {
  const keeper = await startInView(context, overlay)
  await keeper.run('j1', 'echo one > left')
  const other = { ...keeper.view, home: join(keeper.work, 'views/abc/other') }
  keeper.show({}, other)
  expect(text(await keeper.run('j2', 'ls left 2> /dev/null; echo two > left'))).toBe('')
  keeper.show({}, { kind: 'copy', home: join(keeper.work, 'views/abc/copied') })
  expect(text(await keeper.run('j3', 'ls left 2> /dev/null; cat lib/data'))).toBe('data')
  keeper.show()
  expect(text(await keeper.run('j4', 'cat left'))).toBe('one\n')
  keeper.show({}, other)
  expect(text(await keeper.run('j5', 'cat left'))).toBe('two\n')
  expect(mountsSeen(keeper)).toHaveLength(3)
  // the same once more: mounted anew, as the build may be another
  keeper.show({}, other)
  keeper.send({ op: 'inv' })
  await keeper.wait('inv')
  expect(mountsSeen(keeper)).toEqual([])
  expect(text(await keeper.run('j7', 'cat left'))).toBe('two\n')
  keeper.template()
  expect(text(await keeper.run('j6', 'ls left 2> /dev/null; pwd'))).toBe(`${keeper.space}\n`)
  expect(mountsSeen(keeper)).toEqual([])
})

test('a template may come while a job is in the view', async (context) => {
  const keeper = await startInView(context, overlay)
  const waits = 'while [ ! -e ../../go ]; do sleep 0.01; done; cat built.txt; head -c 20000 /dev/zero > distribute_save/f'
  keeper.send(keeper.job('j1', waits), keeper.job('j2', 'ls; cat left'))
  await keeper.wait('start')
  keeper.show({}, { ...keeper.view, home: join(keeper.work, 'views/abc/other') })
  keeper.send({ op: 'inv' })
  await keeper.wait('inv')
  writeFileSync(join(keeper.work, 'go'), '')
  expect(await keeper.exit('j1')).toMatchObject({ st: 0, files: null, big: true })
  expect(readdirSync(join(keeper.work, 'attempts/j1/save'))).toEqual(['f'])
  expect(text(await keeper.exit('j2'))).toContain('built.txt\n')
  expect(existsSync(join(keeper.work, 'views/abc/other/up'))).toBe(true)
})

/** What the agent does to make room: away at once, removed behind that. */
function evict(keeper: ViewKeeper): void {
  mkdirSync(join(keeper.work, 'trash'), { recursive: true })
  renameSync(keeper.space, join(keeper.work, 'trash/w'))
  renameSync(join(keeper.work, 'views/abc'), join(keeper.work, 'trash/views'))
}

test.for([overlay, copy, asUser])(
  '$kind as $user: a folder that is removed under its view is free when another template comes',
  async (place, context) => {
    const keeper = await startInView(context, place)
    await keeper.run('j1', 'cat built.txt lib/data; echo x > left')
    evict(keeper)
    const other = join(keeper.work, 'ws', 'other')
    layOutBuild(other)
    keeper.own()
    // the control: renaming alone takes nothing away
    expect(mountsSeen(keeper).length).toBeGreaterThan(0)
    const view = { kind: place.kind, home: join(keeper.work, 'views/other/0') }
    keeper.send({ op: 'tmpl', t: 'other', w: other, view, env: { PATH: '/bin:/usr/bin' }, files: [] }, { op: 'inv' })
    await keeper.wait('inv')
    expect(mountsSeen(keeper)).toEqual([])
    rmSync(join(keeper.work, 'trash'), { recursive: true })
    expect(text(await keeper.run('j2', 'cat built.txt; pwd', { t: 'other' }))).toBe(`built${other}\n`)
  },
)

test('an idle keeper lets go of a folder that was renamed', async (context) => {
  const keeper = await startInView(context, overlay)
  await keeper.run('j1', 'true')
  evict(keeper)
  await until('nothing is mounted', () => mountsSeen(keeper).length === 0)
})

test('a long job lets go of the view of another jobset whose folder was removed', async (context) => {
  const keeper = await startInView(context, overlay)
  await keeper.run('j1', 'true')
  const other = join(keeper.work, 'ws', 'other')
  mkdirSync(other)
  keeper.send(
    { op: 'tmpl', t: 'other', w: other, env: { PATH: '/bin:/usr/bin' }, files: [] },
    keeper.job('j2', 'sleep 600', { t: 'other' }),
  )
  await keeper.wait('start', ({ id }) => id === 'j2')
  expect(mountsSeen(keeper)).toHaveLength(3)
  evict(keeper)
  await until('nothing is mounted', () => mountsSeen(keeper).length === 0)
})

test.for(places)(
  '$kind as $user: a build that was made anew at the same path is seen, and nothing of the old one',
  async (place, context) => {
    const keeper = await startInView(context, place)
    await keeper.run('j1', 'echo old > left; echo changed > built.txt; rm -r lib')
    mkdirSync(join(keeper.work, 'trash'))
    renameSync(keeper.space, join(keeper.work, 'trash/w'))
    layOutBuild(keeper.space)
    writeFileSync(join(keeper.space, 'built.txt'), 'second')
    keeper.own()
    expect(text(await keeper.run('j2', 'cat built.txt lib/data; ls left 2> /dev/null'))).toBe('seconddata')
    expect(existsSync(join(keeper.space, 'job.py'))).toBe(false)
  },
)

test('the home of a plain user can be removed without changing modes, and is made again', async (context) => {
  const keeper = await startInView(context, asUser)
  await keeper.run('j1', 'rm -r lib built.txt; mkdir lib')
  const rm = spawnSync(keeper.interpreter, ['-c', 'import shutil, sys; shutil.rmtree(sys.argv[1])', join(keeper.work, 'views')], {
    encoding: 'utf8',
  })
  expect(rm.stderr).toBe('')
  expect(existsSync(join(keeper.work, 'views'))).toBe(false)
  expect(text(await keeper.run('j2', 'cat lib/data built.txt'))).toBe('databuilt')
})

test('at most eight views stay mounted', async (context) => {
  const keeper = await startInView(context, overlay)
  for (let n = 0; n < 10; n++) {
    const w = join(keeper.work, 'ws', `set${n}`)
    layOutBuild(w)
    const view = { kind: 'overlay', home: join(keeper.work, `views/set${n}/0`) } as const
    keeper.send({ op: 'tmpl', t: `set${n}`, w, view, env: { PATH: '/bin:/usr/bin' }, files: [] })
    expect(text(await keeper.run(`j${n}`, 'pwd', { t: `set${n}` }))).toBe(`${w}\n`)
  }
  expect(mountsSeen(keeper)).toHaveLength(24)
  expect(text(await keeper.run('again', 'pwd', { t: 'set0' }))).toBe(`${join(keeper.work, 'ws/set0')}\n`)
})
