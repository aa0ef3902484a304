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

/** True when the tests fail. */
function caught({ file, from, to, tests: [project, ...filters] }) {
  const path = join(copy, file)
  const text = readFileSync(path, 'utf8')
  if (text.split(from).length !== 2) throw new Error(`${file} does not hold ${JSON.stringify(from)} exactly once`)
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
  try {
    const vitest = join(root, 'node_modules', '.bin', 'vitest')
    return spawnSync(vitest, ['run', '--project', project, ...filters], { cwd: copy, stdio: 'ignore' }).status !== 0
  } finally {
    writeFileSync(path, text)
  }
}

let survivors = 0
git('worktree', 'add', '--detach', copy, 'HEAD')
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
