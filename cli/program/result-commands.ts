// Grammar of the commands about what jobs left behind: logs, pull, results.
import type { Command } from 'commander'
import type { LogsOptions } from '../commands/logs.ts'
import type { PullOptions } from '../commands/pull.ts'
import type { ResultsOptions } from '../commands/results.ts'
import { jobsetHelp } from './argument-help.ts'
import type { Runner } from './program.ts'

const pullNotes = `
Files land in DIR/<batch>/<job>/, attempts in DIR/<batch>/.attempts/<job>/<n>/.
Only what is missing or differs is fetched, from where a pull broke off before.
Every file is checked by its hash and appears when it is whole.

RE is a regular expression (RE2) that is searched in the path below the batch,
such as job_1/out.csv, or job_1/tmp/ for an empty folder; it may be repeated.
The original's words work too: dist pull jobs.yaml include --include RE
`

const resultsNotes = `
EXPR compares parameters, what was sent, and trial, label, state, node, seconds,
attempts, exit_code, warning, reason: loss < 0.5 and (n == 3 or state == 'lost').
Names with other characters are written in backticks: \`nmda.PYR->BC\` > 1e-3
A csv has columns config/PARAMETER; --bare writes what batchtools leave instead.
`

export function addResultCommands(program: Command, run: Runner): void {
  program
    .command('logs')
    .summary("print a job's output, or a build's")
    .description('Prints what a job, or with --build the build of a jobset, wrote to stdout and stderr.')
    .argument('<target>', 'NAMESPACE/BATCH/JOB or BATCH/JOB; with --build NAMESPACE/BATCH')
    .option('-f, --follow', 'go on until it ends; exit status 1 when it failed')
    .option('--attempt <n>', 'of this attempt, not of the last one')
    .option('--build', 'the output of the build')
    .option('--node <name>', 'with --build: of this node only')
    .action((target: string, options: LogsOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/logs.ts')).logs(context, target, options)),
    )
  program
    .command('pull')
    .summary('fetch results')
    .description('Fetches the committed results of a jobset.')
    .argument('[jobset]', 'a jobset file (the one in this folder), NAMESPACE/BATCH, or a batch name that is used once')
    .argument('[words...]', "the original's `include` or `exclude`")
    .option('--save-dir <dir>', 'where to', './')
    .option('-d, --dry', 'list what would be fetched, write nothing')
    .option('-i, --include <re>', 'only files whose path matches one of these', gather)
    .option('-e, --exclude <re>', 'no files whose path matches one of these', gather)
    .option('--skip-folders', 'do not make empty folders')
    .option('-f, --follow', 'go on until the jobset has ended')
    .option('--attempts', 'also failed and superseded attempts, where the head keeps them')
    .option('--logs', 'only what jobs and builds printed')
    .option('--jobs <n>', 'transfers at once (4)')
    .addHelpText('after', pullNotes)
    .action((jobset: string | undefined, words: string[], options: PullOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/pull.ts')).pull(context, jobset, words, options)),
    )
  program
    .command('results')
    .summary('trials of a search: table, exports, pictures')
    .description('Shows the trials of a search with their parameters and what they reported, or writes them as CSV, JSON or Parquet.')
    .argument('[jobset]', jobsetHelp)
    .option('--sort <name>', 'by a metric (the best first), a parameter or another column; -NAME turns it round')
    .option('--best <count>', 'only so many, the best ones')
    .option('--pareto', 'only those that no other is better than in every metric')
    .option('--where <expr>', 'only those that fit')
    .option('--failed', 'only those that ended without a result')
    .option('-w, --watch', 'show trials as they end, until the search is done; a file is kept up to date')
    .option('--csv', 'as CSV')
    .option('--parquet', 'as Parquet')
    .option('-o, --output <file>', 'write there; .csv, .json or .parquet says what')
    .option('--bare', 'csv as batchtools leave it: an index, bare names, numbers as floats')
    .option('--plot <file>', 'draw an SVG: best so far, parameters against the metric, the Pareto front')
    .option('--x <name>', 'with --plot: only this parameter or metric against the metric')
    .option('--y <metric>', 'with --plot and --importance: this metric (the first)')
    .option('--importance', 'how much each parameter explains of the metric (fANOVA; needs optuna and scikit-learn)')
    .option('--python <file>', 'interpreter that has them', 'python3')
    .addHelpText('after', resultsNotes)
    .action((jobset: string | undefined, options: ResultsOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/results.ts')).results(context, jobset, options)),
    )
}

/** An option that may be given several times. */
function gather(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
