import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/support/keeper-harness.ts'
import { commandOf } from './command.ts'

const env = { PATH: '/usr/bin:/bin' }

/** A folder with stand-ins for programs of these names. */
function tools(...names: readonly string[]): string {
  const folder = temporaryFolder()
  for (const name of names) symlinkSync('/bin/true', join(folder, name))
  return folder
}

test('a run that asks for nothing is started as it is, by its own name', () => {
  const found = commandOf({ argv: ['sh', '-c', 'x y'] }, env, '/')
  expect(found).toEqual({ file: expect.stringMatching(/^\/(usr\/)?bin\/sh$/), argv0: 'sh', args: ['-c', 'x y'], note: null })
})

test('nice and CPUs stand in front, and the program keeps its name', () => {
  const folder = tools('nice', 'taskset')
  const found = commandOf({ argv: ['sh', 'a'], nice: 5, cpus: [0, 2] }, env, '/', folder)
  expect([found.file, ...found.args]).toEqual([join(folder, 'nice'), '-n', '5', join(folder, 'taskset'), '-c', '0,2', 'sh', 'a'])
  expect(found.note).toBe(null)
})

test('where taskset is missing the CPUs are left open, with a note', () => {
  const found = commandOf({ argv: ['sh'], cpus: [0] }, env, '/', tools())
  expect(found.argv0).toBe('sh')
  expect(found.note).toContain('no taskset')
})

test('where nice is missing a run that needs it does not start', () => {
  expect(() => commandOf({ argv: ['sh'], nice: 5 }, env, '/', tools())).toThrow('nice')
})

test('a program is looked for as execvp does: relative parts of PATH begin in the workspace', () => {
  const folder = tools('mine')
  expect(commandOf({ argv: ['mine'] }, { PATH: '.:/bin' }, folder).file).toBe(join(folder, 'mine'))
  expect(commandOf({ argv: ['./mine'] }, env, folder).file).toBe('./mine')
  expect(() => commandOf({ argv: ['./mine'] }, env, '/')).toThrow('no program ./mine')
  expect(() => commandOf({ argv: ['mine'] }, env, folder)).toThrow('no program mine in PATH=/usr/bin:/bin')
})
