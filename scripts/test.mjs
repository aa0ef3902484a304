#!/usr/bin/env node
// `npm test`: set-up, then everything that CI runs. `npm test -- unit` (or another name, and then vitest's file
// filters) runs one of them. The last line is `N passed, N failed, N skipped`. Where a program is missing its tests are
// skipped, with CI=true they fail (set-up does, and test/support/needs.ts).
import { setUp } from './setup.mjs'
import { runCheck, runSuite } from './test/run.mjs'
import { checks, suites } from './test/suites.mjs'

const [wanted, ...filters] = process.argv.slice(2)
const sum = { passed: 0, failed: 0, skipped: 0 }

async function timed(name, act) {
  const start = performance.now()
  const { passed, failed, skipped } = await act()
  sum.passed += passed
  sum.failed += failed
  sum.skipped += skipped.length
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  process.stdout.write(`${name}: ${passed} passed, ${failed} failed, ${skipped.length} skipped in ${seconds} s\n`)
  for (const { test, reason } of skipped) process.stdout.write(`  skipped: ${test}: ${reason}\n`)
}

async function main() {
  const known = [...checks, ...suites].map(({ name }) => name)
  if (wanted !== undefined && !known.includes(wanted)) throw new Error(`no suite '${wanted}'; there are: ${known.join(', ')}`)
  setUp({ tests: true })
  for (const check of checks) if (wanted === undefined || wanted === check.name) await timed(check.name, () => runCheck(check))
  for (const suite of suites) if (wanted === undefined || wanted === suite.name) await timed(suite.name, () => runSuite(suite, filters))
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  sum.failed += 1
}
if (sum.failed > 0) process.exitCode = 1
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`)
