#!/usr/bin/env node
// dist-server: parses flags, starts the head, ends it cleanly at SIGTERM or SIGINT.
import { writeSync } from 'node:fs'
import { DistError, errorMessage } from '../shared/base/errors.ts'
import { packageVersion } from '../shared/base/package-info.ts'
import { startHead } from './app.ts'
import { checkHead } from './check.ts'
import { helpText, parseOptions } from './options.ts'

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env)
  if (options === 'help') {
    writeSync(1, helpText)
    return
  }
  if (options === 'version') {
    writeSync(1, `${packageVersion()}\n`)
    return
  }
  if (options.check) {
    const checks = await checkHead(options.data)
    writeSync(1, `${JSON.stringify({ checks })}\n`)
    process.exitCode = checks.some(({ level }) => level === 'problem') ? 1 : 0
    return
  }
  if (options.service !== null) {
    const { installHead } = await import('./install-service.ts')
    writeSync(1, installHead(options.data, options.service, process.env))
    return
  }
  const head = await startHead(options)
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    // A second signal does not wait: everything acknowledged is durable anyway.
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143)
    stopping = true
    head.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

function fail(error: unknown): never {
  const hint = error instanceof DistError ? error.hint : undefined
  const trace = error instanceof DistError ? '' : `\n${error instanceof Error ? error.stack : ''}`
  writeSync(2, `dist-server: ${errorMessage(error)}${trace}\n${hint === undefined ? '' : `  ${hint}\n`}`)
  process.exit(error instanceof DistError && error.code === 'usage' ? 2 : 1)
}

main().catch(fail)
