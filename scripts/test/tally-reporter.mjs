// A vitest reporter that writes what test.mjs sums up: counts, and every skipped test with its reason.
// (vitest's json reporter leaves out why a test was skipped.) File name in DIST_TALLY.
import { writeFileSync } from 'node:fs'

export default class TallyReporter {
  // figures that a test prints (how often a fault hit what) belong into the log of a run
  onUserConsoleLog(log) {
    process.stdout.write(log.content)
  }

  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: [] }
    for (const module of modules) {
      // a file or a suite that broke outside its tests is one failure
      if (module.errors().length > 0) tally.failed += 1
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) tally.failed += 1
      for (const test of module.children.allTests()) count(tally, test, module)
    }
    writeFileSync(process.env.DIST_TALLY, JSON.stringify(tally))
  }
}

function count(tally, test, module) {
  const { state, note } = test.result()
  if (state === 'passed') tally.passed += 1
  else if (state === 'skipped') {
    tally.skipped.push({ test: `${module.relativeModuleId}: ${test.fullName}`, reason: note ?? 'no reason given' })
  } else tally.failed += 1 // failed, or never finished
}
