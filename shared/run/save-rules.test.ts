import { expect, test } from 'vitest'
import { applySaveRules, globSource } from './save-rules.ts'

const all = { onlyOn: null, exclude: [], maxSize: null } as const
const saved = {
  files: [
    { path: 'a.tmp', size: 10 },
    { path: 'deep/er/b.tmp', size: 20 },
    { path: 'deep/c.dat', size: 30 },
  ],
  folders: ['empty'],
  links: [{ path: 'deep/link' }],
}

test.each([
  ['*.tmp', 'a.tmp', true],
  ['*.tmp', 'deep/er/b.tmp', true],
  ['deep/*.tmp', 'deep/er/b.tmp', false],
  ['deep/**/*.tmp', 'deep/er/b.tmp', true],
  ['deep/**/*.tmp', 'deep/b.tmp', true],
  ['deep/', 'deep/er/b.tmp', true],
  ['er', 'deep/er/b.tmp', true],
  ['?.tmp', 'ab.tmp', false],
  ['a+(b).[x]', 'a+(b).[x]', true],
  ['a.tmp', 'aXtmp', false],
])('%s and %s: %s', (glob, path, expected) => {
  expect(new RegExp(globSource(glob).replace('(?s)', ''), 's').test(path)).toBe(expected)
})

test('excluded names are left out, whatever they are', async () => {
  const applied = await applySaveRules({ ...all, exclude: ['*.tmp', 'link', 'empty'] }, saved, true)
  expect(applied).toEqual({ files: [{ path: 'deep/c.dat', size: 30 }], folders: [], links: [], notices: [], problem: null })
})

test('more than max_size is a problem that names both sizes, and nothing is shipped; what is excluded does not count', async () => {
  const applied = await applySaveRules({ ...all, maxSize: 40 }, saved, true)
  expect(applied.files).toEqual([])
  expect(applied.problem).toMatch(/60 B.*max_size 40 B/)
  expect((await applySaveRules({ ...all, maxSize: 40, exclude: ['*.tmp'] }, saved, true)).problem).toBeNull()
})

test('only_on: success keeps nothing of a job that failed, and says so', async () => {
  const rules = { ...all, onlyOn: 'success' } as const
  expect(await applySaveRules(rules, saved, true)).toMatchObject({ files: saved.files, notices: [] })
  const failed = await applySaveRules(rules, saved, false)
  expect(failed).toMatchObject({ files: [], folders: [], links: [], problem: null })
  expect(failed.notices.join()).toContain('did not succeed')
})
