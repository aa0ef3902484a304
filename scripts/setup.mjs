#!/usr/bin/env node
// Makes a fresh clone ready: programs, node_modules, build. Uses nothing but Node, because nothing else is there yet.
// Run by demo.mjs and test.mjs; says one line for each thing that it did, nothing when all is there.
import { fileURLToPath } from 'node:url'
import { build, buildIsFresh } from './build.mjs'
import { hasApptainer, installApptainer } from './setup/apptainer.mjs'
import { hasBatchtools, installBatchtools } from './setup/batchtools.mjs'
import { installPackages, packagesAreFresh } from './setup/packages.mjs'
import { aptLine, installPrograms, missingPrograms } from './setup/programs.mjs'
import { hasOptimisers, installOptimisers } from './setup/suggest.mjs'

/**
 * `tests`: also what only tests need. Returns the programs that are still missing (their tests are skipped).
 * Throws with a message for a person when demo or tests cannot run at all.
 */
export function setUp({ tests }) {
  checkNode()
  const missing = findPrograms({ tests })
  if (tests && !hasApptainer()) tryForTests('apptainer', 'examples/apptainer, images', '25 MB', installApptainer)
  if (tests && !hasOptimisers()) tryForTests('optimisers', 'searches with optuna and others', '120 MB, pip', installOptimisers)
  if (tests && !hasBatchtools()) tryForTests('batchtools', 'search scripts of netpyne', '300 MB, pip', installBatchtools)
  if (!packagesAreFresh()) timed('npm ci (compiles SQLite: about a minute)', installPackages)
  if (!buildIsFresh()) timed('build', build)
  return missing
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new Error(`Node ${process.versions.node} is too old: dist needs 20.19 or newer`)
}

function findPrograms({ tests }) {
  let missing = missingPrograms({ tests })
  if (missing.length === 0) return missing
  if (process.getuid?.() === 0) {
    timed(`apt-get install (${missing.map(({ name }) => name).join(', ')})`, () => installPrograms(missing))
    missing = missingPrograms({ tests })
  }
  if (missing.length === 0) return missing
  for (const { name, why } of missing) say(`missing: ${name} (${why})`)
  say(`as root: ${aptLine(missing)}`)
  if (missing.some((program) => !program.tests)) throw new Error('install what is missing, then run this again')
  if (process.env.CI === 'true') throw new Error('in CI nothing may be missing')
  return missing
}

/** What comes from elsewhere than the other programs: a day without it is no reason to run no tests, but in CI. */
function tryForTests(name, use, size, install) {
  try {
    timed(`${name} for the tests (${size} into the cache of this user)`, install)
  } catch (error) {
    say(`missing: ${name} (${use}): ${error.message}`)
    if (process.env.CI === 'true') throw new Error('in CI nothing may be missing')
  }
}

function timed(what, act) {
  const start = performance.now()
  process.stderr.write(`set-up: ${what} … `)
  try {
    act()
  } catch (error) {
    process.stderr.write('failed\n')
    throw error
  }
  process.stderr.write(`${((performance.now() - start) / 1000).toFixed(1)} s\n`)
}

function say(line) {
  process.stderr.write(`set-up: ${line}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    setUp({ tests: process.argv.includes('--tests') })
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
