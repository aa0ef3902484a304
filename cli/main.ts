#!/usr/bin/env node
// The program `dist`. `--version` answers before anything is loaded; all else is in program/run.ts.
import { packageVersion } from '../shared/base/package-info.ts'

const argv = process.argv.slice(2)

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${packageVersion()}\n`)
} else {
  const { runProcess } = await import('./program/run-process.ts')
  await runProcess(argv)
}
