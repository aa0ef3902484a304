// Grammar of the commands that need no head of their own: run, slurm, sge. And import, which brings home what they made.
import type { Command } from 'commander'
import type { RunOptions } from '../commands/run.ts'
import type { Runner } from './program.ts'

const fileHelp = 'the jobset file (distribute-jobs.yaml, then jobs.yaml)'
const runNotes = `
The build and every job find the same folders and the same environment as on a node, one after the other unless they ask for
cores. What they saved is in DIR/archived_files/<job>/. Capabilities are not looked at. Ctrl-C stops everything.
Examples:
  dist run                          all jobs of jobs.yaml
  dist run --job re_100 --clean-save
`

export function addLocalCommands(program: Command, run: Runner): void {
  program
    .command('run')
    .summary('run a jobset here, without a server')
    .description('Runs a jobset on this machine and shows what it prints. Exit status 0: all jobs succeeded; 1: some did not.')
    .argument('[file]', fileHelp)
    .option('--job <name>', 'only this one; may be repeated', gather, [])
    .option('-s, --save-dir <dir>', 'where results go; a new folder', './distribute-run')
    .option('--clean-save', 'replace the results of an earlier run there')
    .option('--cores <count>', 'cores that jobs may use (all)')
    .option('--live', 'show what jobs print, however many there are (up to 20)')
    .option('--no-live', 'only progress')
    .addHelpText('after', runNotes)
    .action((file: string | undefined, options: RunOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/run.ts')).run(context, file, options)),
    )
}

/** An option that may be given several times. */
function gather(value: string, before: readonly string[]): string[] {
  return [...before, value]
}
