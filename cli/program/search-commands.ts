// Grammar of `dist search`: looking at a search as a whole, extending and ending it. Its trials: `dist results`.
import type { Command } from 'commander'
import type { ExtendOptions } from '../commands/search-extend.ts'
import type { ImportanceOptions } from '../commands/search-importance.ts'
import type { StopOptions } from '../commands/search-stop.ts'
import { jobsetHelp, targetHelp } from './argument-help.ts'
import type { Runner } from './program.ts'
import { addScriptCommands } from './script-commands.ts'

const extendNotes = `
A search that is done goes on. With -f the file must have the parameters that the
search was begun with: a changed space would be another search, and is refused
with what differs, unless --force is given; the head keeps the space that it has.`

export function addSearchCommands(program: Command, run: Runner): void {
  const search = program.command('search').summary('run a search script, look at a search, extend or end it')
  addScriptCommands(search, run)
  search
    .command('show')
    .summary('how far a search is, and its best trial')
    .description('Algorithm, progress, best trial or Pareto front, and what stopped a search.')
    .argument('[jobset]', jobsetHelp)
    .action((jobset: string | undefined, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/search-show.ts')).showSearch(context, jobset)),
    )
  search
    .command('extend')
    .summary('add trials to a search')
    .description('Adds samples to a search, also to one that is done.')
    .argument('[jobset]', `${targetHelp} (that of the file)`)
    .requiredOption('--num-samples <+count>', 'how many more; of a grid, how often each point runs again')
    .option('-f, --file <file>', 'the jobset file, whose parameters must be those of the search')
    .option('--force', 'even where the file has other parameters')
    .addHelpText('after', extendNotes)
    .action((jobset: string | undefined, options: ExtendOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/search-extend.ts')).extendSearch(context, jobset, options)),
    )
  search
    .command('stop')
    .summary('start no more trials')
    .description('Starts no more trials of a search; those that run end and count.')
    .argument('<jobset>', targetHelp)
    .option('--cancel', 'also end those that run')
    .action((jobset: string, options: StopOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/search-stop.ts')).stopSearch(context, jobset, options)),
    )
  search
    .command('retry')
    .summary('run trials without a result again')
    .description('Runs the trials of a search again that ended without a result, with the same parameters.')
    .argument('<jobset>', targetHelp)
    .option('--failed', 'those that ended without a result (the default)')
    .action((jobset: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/search-retry.ts')).retrySearch(context, jobset)),
    )
  search
    .command('importance')
    .summary('which parameters matter')
    .description('How much each parameter explains of a metric, by fANOVA (needs optuna and scikit-learn in a Python here).')
    .argument('[jobset]', jobsetHelp)
    .option('--y <metric>', 'of this metric (the first)')
    .option('--where <expr>', 'only trials that fit, as of `dist results`')
    .option('--python <file>', 'interpreter that has them', 'python3')
    .action((jobset: string | undefined, options: ImportanceOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/search-importance.ts')).importance(context, jobset, options)),
    )
}
