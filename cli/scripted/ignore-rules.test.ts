import { expect, test } from 'vitest'
import { isIgnored, readRules } from './ignore-rules.ts'

const ignores = (text: string, path: string, isFolder = false) => isIgnored([{ base: '', rules: readRules(text) }], path, isFolder)

test.each([
  ['*.pyc', 'a/b/x.pyc', true],
  ['*.pyc', 'x.pycc', false],
  ['/out', 'out', true],
  ['/out', 'a/out', false],
  ['a/b', 'a/b', true],
  ['a/b', 'c/a/b', false],
  ['**/b', 'c/a/b', true],
  ['a/**', 'a/x/y', true],
  ['a/**/z', 'a/z', true],
  ['a/**/z', 'a/b/c/z', true],
  ['data?.h5', 'data1.h5', true],
  ['data?.h5', 'data/.h5', false],
  ['[!ab]x', 'cx', true],
  ['[!ab]x', 'ax', false],
  ['a+b(1)', 'a+b(1)', true],
  ['\\#notes', '#notes', true],
  ['# a comment', '# a comment', false],
  ['*.h5\n!keep.h5', 'keep.h5', false],
  ['!keep.h5\n*.h5', 'keep.h5', true],
  ['trailing   ', 'trailing', true],
])('%j and %s: %s', (rules, path, wanted) => {
  expect(ignores(rules, path)).toBe(wanted)
})

test('a slash at the end means folders', () => {
  expect([ignores('x86_64/', 'x86_64', true), ignores('x86_64/', 'x86_64')]).toEqual([true, false])
})

test('rules of an inner folder are about what is in it, and win', () => {
  const levels = [
    { base: '', rules: readRules('*.dat') },
    { base: 'sub', rules: readRules('!/kept.dat') },
  ]
  expect(['a.dat', 'sub/a.dat', 'sub/kept.dat', 'sub/in/kept.dat'].map((path) => isIgnored(levels, path, false))).toEqual([
    true,
    true,
    false,
    true,
  ])
})
