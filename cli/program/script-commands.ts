// Grammar of `dist search run` and `dist search import`: search scripts of batchtools.
import type { Command } from 'commander'
import type { SearchImportOptions } from '../commands/search-import.ts'
import type { SearchRunOptions } from '../commands/search-run.ts'
import type { Runner } from './program.ts'

const runNotes = `
The script is one for netpyne.batchtools, as it is: its search() runs here, whether
batchtk, netpyne and ray are installed or not. Its current folder is sent (not what
.gitignore or .distignore name), each trial has a copy of it as its own. Afterwards
<label>.csv is here, and in output_path what each trial printed and saved. Ctrl-C
leaves the search running; the same line goes on with it, or fetches what is done.
Options of the script itself stand behind --`

export function addScriptCommands(search: Command, run: Runner): void {
  asScript(search.command('run').summary('run a search script of batchtools'))
    .description("Runs a search script of netpyne's batchtools, unmodified, with the head in the place of ray and of the queue.")
    .option('--detach', 'submit it and leave; the same line without it fetches the results')
    .option('--new-version', 'beside a search of that label, as LABEL@2')
    .addHelpText('after', runNotes)
    .action((script: string, args: string[], options: SearchRunOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/search-run.ts')).searchRun(context, script, args, options)),
    )
  asScript(search.command('import').summary('write a search script as a jobset file'))
    .description('Runs a search script of batchtools up to its search(), and writes that as a jobset file.')
    .option('-o, --output <file>', 'write it there instead of to stdout')
    .action((script: string, args: string[], options: SearchImportOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/search-import.ts')).searchImport(context, script, args, options)),
    )
}

function asScript(command: Command): Command {
  return command
    .argument('<script>', 'a Python file that calls search()')
    .argument('[args...]', 'for the script')
    .option('--python <python>', 'interpreter of the script (python3)')
    .option('--capabilities <words>', 'what nodes must have, separated by commas')
    .option('--setup <command>', 'before each trial, in the same shell, like `. ~/venv/bin/activate`')
    .option('--resources <amounts>', 'of each trial, over its run_config: cores=2,memory=4GiB')
    .option('--namespace <name>', 'of the search (the name of this account)')
    .option('--yes', 'send the folder although it has more than 2 GiB, or links that lead out of it')
}
