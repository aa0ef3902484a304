#!/usr/bin/env node
// dist-agent: works on the jobs of a head. Everything heavy is loaded after the flags are known to be good.
import { setFlagsFromString } from 'node:v8'
import { DistError, errorMessage } from '../shared/base/errors.ts'
import { packageVersion } from '../shared/base/package-info.ts'
import { helpText, parseCommand, waitsForCode } from './config/flags.ts'
import { createLog } from './control/log.ts'

async function main(): Promise<number> {
  const args = process.argv.slice(2)
  // who gives the code by stdin may have to wait for a head that is starting itself
  if (waitsForCode(args)) await import('./app.ts')
  const command = parseCommand(args, process.env)
  switch (command.kind) {
    case 'help':
      process.stdout.write(helpText)
      return 0
    case 'version':
      process.stdout.write(`dist-agent ${packageVersion()}\n`)
      return 0
    case 'check': {
      const { checkNode } = await import('./check.ts')
      const checks = await checkNode(command.options.work, process.env)
      process.stdout.write(`${JSON.stringify({ checks })}\n`)
      return checks.some(({ level }) => level === 'problem') ? 1 : 0
    }
    case 'install': {
      const { installAgent } = await import('./install-service.ts')
      process.stdout.write(await installAgent(command, process.env, createLog(command.options.logStyle, command.options.debug)))
      return 0
    }
    case 'run': {
      keepYoungGenerationSmall()
      const { runAgent } = await import('./app.ts')
      const { options } = command
      return await runAgent(options, process.env, createLog(options.logStyle, options.debug))
    }
  }
}

/**
 * The workstation is somebody's desk: without this V8 lets the young generation grow to 48 MB under load and never gives
 * it back (96 MiB resident after 10 000 jobs). The flag for its maximum is read only at start, its growth factor always.
 */
function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const usage = error instanceof DistError && error.code === 'usage'
    process.stderr.write(`dist-agent: ${errorMessage(error)}\n`)
    if (error instanceof DistError && error.hint !== undefined) process.stderr.write(`  ${error.hint}\n`)
    if (!(error instanceof DistError) && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    process.exit(usage ? 2 : 1)
  },
)
