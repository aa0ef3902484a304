import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type KeeperHarness, startKeeper } from '../../test/support/keeper-harness.ts'
import { test } from '../../test/support/keeper-test.ts'
import type { ExitReport } from './messages.ts'

const saved = (exit: ExitReport) => (exit.files ?? []).map(([rel, mode, base64]) => [rel, mode, Buffer.from(base64, 'base64').toString()])

/** After every job `distribute_save` is an empty folder again. */
async function collected(command: string): Promise<{ readonly keeper: KeeperHarness; readonly exit: ExitReport; readonly save: string }> {
  const keeper = await startKeeper()
  const exit = await keeper.run('j1', command)
  const next = await keeper.run('j2', 'ls -la distribute_save | wc -l; stat -c %a distribute_save')
  expect(Buffer.from(next.out ?? '', 'base64').toString()).toBe('3\n755\n')
  expect(next).toMatchObject({ files: [], dirs: [], big: false })
  return { keeper, exit, save: join(keeper.work, 'attempts/j1/save') }
}

test('nothing saved is nothing reported', async () => {
  const { exit, keeper } = await collected('true')
  expect(exit).toMatchObject({ files: [], dirs: [], big: false, out: '', outn: 0 })
  expect(existsSync(join(keeper.work, 'attempts'))).toBe(false)
})

test('small files ride in the report with their modes, and in the journal', async () => {
  const { exit, keeper } = await collected('cd distribute_save; printf one > a; printf two > b; chmod 755 b; : > empty')
  expect(saved(exit)).toEqual([
    ['a', 0o644, 'one'],
    ['b', 0o755, 'two'],
    ['empty', 0o644, ''],
  ])
  expect(keeper.journal().records[1]).toEqual({ ...exit, r: 'x', e: undefined })
})

test('a small tree with an empty folder rides along', async () => {
  const { exit } = await collected('mkdir -p distribute_save/d/e distribute_save/none; echo x > distribute_save/d/e/f')
  expect(saved(exit)).toEqual([['d/e/f', 0o644, 'x\n']])
  expect(exit.dirs).toEqual(['none'])
  expect(exit.big).toBe(false)
})

test('sixteen files ride along, seventeen are set aside', async () => {
  const few = await collected('for i in $(seq 16); do echo $i > distribute_save/$i; done')
  expect(few.exit.files).toHaveLength(16)
  const many = await collected('for i in $(seq 17); do echo $i > distribute_save/$i; done')
  expect(many.exit).toMatchObject({ files: null, big: true, out: '' })
  expect(readdirSync(many.save)).toHaveLength(17)
})

test('16 KiB ride along, a byte more is set aside', async () => {
  const small = await collected('head -c 16384 /dev/zero > distribute_save/f')
  expect(small.exit.big).toBe(false)
  const big = await collected('head -c 16384 /dev/zero > distribute_save/f; printf x > distribute_save/g')
  expect(big.exit).toMatchObject({ files: null, big: true })
  expect(statSync(join(big.save, 'f')).size).toBe(16384)
  expect(readFileSync(join(big.save, 'g'), 'utf8')).toBe('x')
})

test('a link is set aside as it is and not followed', async () => {
  const { exit, save } = await collected('ln -s /etc/passwd distribute_save/l')
  expect(exit).toMatchObject({ files: null, big: true })
  expect(readlinkSync(join(save, 'l'))).toBe('/etc/passwd')
})

test('a pipe does not hold up the keeper', async () => {
  const { exit, save } = await collected('mkfifo distribute_save/p')
  expect(exit.big).toBe(true)
  expect(lstatSync(join(save, 'p')).isFIFO()).toBe(true)
})

test('an unreadable file is collected or set aside, never lost', async () => {
  const { exit, save } = await collected('echo x > distribute_save/f; chmod 0 distribute_save/f')
  if (exit.big) expect(existsSync(join(save, 'f'))).toBe(true)
  else expect(saved(exit)).toEqual([['f', 0, 'x\n']])
})

test('a folder that forbids everything is set aside', async () => {
  const { exit, save } = await collected('echo x > distribute_save/f; chmod 0 distribute_save')
  expect(exit).toMatchObject({ files: null, big: true })
  expect(readFileSync(join(save, 'f'), 'utf8')).toBe('x\n')
})

test('a distribute_save that was removed or moved away is made anew', async () => {
  expect((await collected('rm -r distribute_save')).exit).toMatchObject({ files: [], big: false })
  expect((await collected('echo x > distribute_save/f; mv distribute_save s; mkdir distribute_save')).exit).toMatchObject({ files: [] })
})

test('a distribute_save that became a link saves nothing, and says so', async () => {
  const { exit } = await collected('rm -r distribute_save; ln -s /etc distribute_save')
  expect(exit.files).toEqual([])
  expect(exit.note).toContain('distribute_save')
  expect(existsSync('/etc/passwd')).toBe(true)
})

test('a name that is no UTF-8 is set aside', async () => {
  const { exit, save } = await collected("touch distribute_save/$(printf 'x\\377')")
  expect(exit.big).toBe(true)
  expect(readdirSync(save, 'buffer')).toHaveLength(1)
})

test('output up to 16 KiB rides along, more is set aside', async () => {
  const small = await collected("head -c 16384 /dev/zero | tr '\\0' x")
  expect(small.exit).toMatchObject({ outn: 16384, big: false, out: Buffer.from('x'.repeat(16384)).toString('base64') })
  const big = await collected("head -c 16385 /dev/zero | tr '\\0' x; exit 4")
  expect(big.exit).toMatchObject({ st: 4 << 8, outn: 16385, big: true, out: null, files: [] })
  expect(readFileSync(join(big.keeper.work, 'attempts/j1/stdout.txt'), 'utf8')).toBe('x'.repeat(16385))
})

test('output stays when a job takes the name of the output file away', async () => {
  const { exit, keeper } = await collected("rm ../../slot0.out; head -c 20000 /dev/zero | tr '\\0' y")
  expect(exit).toMatchObject({ outn: 20000, big: true, out: null })
  expect(readFileSync(join(keeper.work, 'attempts/j1/stdout.txt'), 'utf8')).toBe('y'.repeat(20000))
})
