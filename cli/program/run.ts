// The command line as a function: arguments and Io in, exit status out. Called by run-process.ts and by tests.
import { CommanderError } from 'commander'
import { Context, type GlobalOptions } from '../context.ts'
import type { Io } from '../local/io.ts'
import { exitCode, exitCodeOf } from './exit-code.ts'
import { buildProgram } from './program.ts'
import { reportError } from './report-error.ts'

/** Commands of the original that are called otherwise here. */
const wordsNow: ReadonlyMap<string, string> = new Map([
  ['server', 'dist-server'],
  ['client', 'dist-agent'],
  ['server-status', 'dist status'],
  ['node-status', 'dist nodes'],
  ['pause', 'dist node pause'],
])
const wordNow = (message: string): string | undefined => wordsNow.get(/'(.*)'/.exec(message)?.[1] ?? '')

/** Runs one command line; never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let context: Context | null = null
  let code: number = exitCode.done
  let options: GlobalOptions = {}
  const program = buildProgram(io, async (command, body) => {
    options = command.optsWithGlobals<GlobalOptions>()
    context = new Context(io, options)
    code = await body(context)
  })
  try {
    if (argv[0] === '__complete') return await (await import('../complete/complete.ts')).complete(io, program, argv.slice(1))
    if (argv[0] === 'serve') return await (await import('../commands/serve.ts')).serve(io, argv.slice(1))
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    // commander has printed already: help or version (0), or what is wrong with the arguments
    if (error instanceof CommanderError) {
      const now = error.code === 'commander.unknownCommand' ? wordNow(error.message) : undefined
      if (now !== undefined) io.stderr.write(`that is '${now}' here; for all others: docs/guides/coming-from-distribute.md\n`)
      return error.exitCode === 0 ? exitCode.done : exitCode.usage
    }
    reportError(error, io, { json: options.json === true, verbose: options.verbose === true, colour: options.color !== false })
    return exitCodeOf(error, io.signal)
  } finally {
    closeContext(context)
  }
}

// a variable that is set in a callback is `never` to the compiler where it is read
function closeContext(context: Context | null): void {
  context?.close()
}
