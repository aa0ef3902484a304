// The grammar of the command line: global options here, commands in the files beside. Nothing is run or loaded by it.
import { Command } from 'commander'
import { packageVersion } from '../../shared/base/package-info.ts'
import type { Context } from '../context.ts'
import type { Io } from '../local/io.ts'
import { makePalette } from '../render/palette.ts'
import { addExamples } from './examples.ts'
import { addHeadCommands } from './head-commands.ts'
import { addJobsetCommands } from './jobset-commands.ts'
import { addLocalCommands } from './local-commands.ts'
import { addLookCommands } from './look-commands.ts'
import { addNodeCommands } from './node-commands.ts'
import { addOpsCommands, ownGroup } from './ops-commands.ts'
import { addResultCommands } from './result-commands.ts'
import { addSearchCommands } from './search-commands.ts'
import { addSteerCommands } from './steer-commands.ts'

/** Called when a command was chosen; `body` does it and gives the exit status. */
export type Runner = (command: Command, body: (context: Context) => Promise<number>) => Promise<void>

/** Commands under their titles in the help. */
const groups = [
  ['Jobset files:', addJobsetCommands],
  ['What is going on:', addLookCommands],
  ['Results:', addResultCommands],
  ['Searches:', addSearchCommands],
  ['Work in progress:', addSteerCommands],
  ['Nodes:', addNodeCommands],
  ['Without a server, and on clusters:', addLocalCommands],
  ['The head:', addHeadCommands],
  ['Keeping it in order:', addOpsCommands],
] as const

const overview = `
Examples:
  dist template python --output jobs.yaml   write a first jobset file
  dist up jobs.yaml                         run it on this machine alone
  dist add jobs.yaml                        submit it to the head
  dist wait jobs.yaml                       until it is done
  dist pull jobs.yaml --save-dir results    fetch what the jobs saved

The head is found by --head, then DIST_HEAD, then what \`dist login\` saved, then
the one that this account runs. The token is DIST_TOKEN, or what was saved.
Exit status: 0 done, 1 what was asked for failed, 2 wrong usage or input,
130 interrupted.
`

export function buildProgram(io: Io, run: Runner): Command {
  const program = new Command('dist')
  const palette = makePalette(io.stdout, io, true)
  program
    .description('Submit jobs to a head, follow them, fetch their results.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .option('--head <head>', 'the head to talk to: http://HOST:PORT, or the name of a saved one')
    .option('--ip <address>', "the head's address, as in the original")
    .option('-p, --port <port>', "the head's port, with --ip (8952)")
    .option('--json', 'one JSON value on stdout; errors as JSON on stderr')
    .option('-q, --quiet', 'no remarks and no progress')
    .option('-v, --verbose', 'more about errors')
    .option('--no-color', 'no colours')
    .option('--patience <seconds>', 'how long to try again when the head does not answer (30; 3 to look only)')
    .addHelpText('after', overview)
    .showHelpAfterError('see: dist --help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => Math.min(io.stdout.columns ?? 100, 110),
      getErrHelpWidth: () => Math.min(io.stderr.columns ?? 100, 110),
      outputError: (text, write) => write(text.replace(/^error: /, 'dist: ')),
    })
    .configureHelp({ showGlobalOptions: true, styleTitle: (text) => palette.bold(text), styleCommandText: (text) => palette.cyan(text) })
  for (const [title, add] of groups) {
    program.commandsGroup(title)
    add(program, run)
  }
  const help = program.createCommand('help').argument('[command]').description('print help for a command')
  program.addHelpCommand(help.helpGroup(ownGroup))
  addExamples(program)
  return program
}
