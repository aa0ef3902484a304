#!/usr/bin/env node
// `npm run mutants [-- WORD]`: puts each defect of scripts/mutants/list.mjs (or those whose name has WORD) into a copy of HEAD and
// runs the tests that must catch it. Exit status 1 when one survives. The tree that you work in is not touched.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mutants } from './mutants/list.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const word = process.argv[2] ?? ''
const copy = join(mkdtempSync(join(tmpdir(), 'dist-mutants-')), 'copy')
const git = (...args) => execFileSync('git', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
/** by tests: whether they pass without a defect */
const green = new Map()

function passes([project, ...filters]) {
  const vitest = join(root, 'node_modules', '.bin', 'vitest')
  return spawnSync(vitest, ['run', '--project', project, ...filters], { cwd: copy, stdio: 'ignore' }).status === 0
}

/** True when its tests fail with the defect, and only with it. */
function caught({ file, from, to, tests }) {
  const path = join(copy, file)
  const text = readFileSync(path, 'utf8')
  if (text.split(from).length !== 2) throw new Error(`${file} does not hold ${JSON.stringify(from)} exactly once`)
  const key = tests.join(' ')
  if (!green.has(key)) green.set(key, passes(tests))
  if (green.get(key) !== true) throw new Error(`these tests fail without any defect: ${key}`)
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
  try {
    return !passes(tests)
  } finally {
    writeFileSync(path, text)
  }
}

let survivors = 0
git('worktree', 'add', '--quiet', '--detach', copy, 'HEAD')
try {
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const mutant of mutants.filter(({ name }) => name.includes(word))) {
    const isCaught = caught(mutant)
    if (!isCaught) survivors++
    process.stdout.write(`${isCaught ? 'caught  ' : 'SURVIVED'}  ${mutant.name}  (${mutant.tests.join(' ')})\n`)
  }
} finally {
  git('worktree', 'remove', '--force', copy)
  rmSync(join(copy, '..'), { recursive: true, force: true })
}
process.exitCode = survivors === 0 ? 0 : 1
