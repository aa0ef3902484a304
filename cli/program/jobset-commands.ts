// Grammar of the commands about jobsets: add, check, status, jobs, wait, kill, retry, template, schema.
import type { Command } from 'commander'
import type { AddOptions } from '../commands/add.ts'
import type { CheckOptions } from '../commands/check.ts'
import type { JobsOptions } from '../commands/jobs.ts'
import type { StatusOptions } from '../commands/status.ts'
import type { TemplateOptions } from '../commands/template.ts'
import type { Runner } from './program.ts'

const fileHelp = 'the jobset file (distribute-jobs.yaml, then jobs.yaml)'
const jobsetHelp = 'NAMESPACE/BATCH, a batch name that is used once, or a jobset file (the one in this folder)'

const addNotes = `
A jobset is known by namespace and batch_name: the same again is refused, with
what is there. With --extend a changed job runs again; nothing is overwritten,
its old result is kept beside. A broken upload goes on where it was, also when
\`dist add\` was killed and is typed again.

Examples:
  dist add jobs.yaml --wait --pull results
  dist add jobs.yaml --set alpha=0.5 --new-version
`

export function addJobsetCommands(program: Command, run: Runner): void {
  program
    .command('add')
    .summary('submit a jobset')
    .description('Check a jobset file, upload what the head lacks of its files, and submit it.')
    .argument('[file]', fileHelp)
    .option('-d, --dry', 'check only, send nothing (same as `dist check`)')
    .option('-s, --show-caps', 'with --dry: list the capabilities that nodes have')
    .option('-w, --wait', 'wait until it is done; the exit status tells the outcome')
    .option('--pull <dir>', 'wait, then fetch the results to DIR')
    .option('--extend', 'add what is new or changed to the jobset that is there; a job is known by its name')
    .option('--new-version', 'beside a jobset of that name, as NAME@2')
    .option('--set <key=value>', 'a param for every job, whatever the file says; may be repeated', gather)
    .option('--require-clean-git', 'refuse a file whose tree or inputs differ from what is committed')
    .option('--rebuild', 'build anew on every node, also where a shared build is there already')
    .addHelpText('after', addNotes)
    .action((file: string | undefined, options: AddOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/add.ts')).add(context, file, options)),
    )
  program
    .command('check')
    .summary('check a jobset file')
    .description('Everything that `dist add` would check, without a head; with one, also who could run it.')
    .argument('[file]', fileHelp)
    .option('-s, --show-caps', 'list the capabilities that nodes have')
    .action((file: string | undefined, options: CheckOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/check.ts')).check(context, file, options)),
    )
  program
    .command('status')
    .summary('list jobsets and nodes in brief')
    .description('Jobsets, newest first, and the nodes in brief.')
    .option('-a, --all', 'finished jobsets too, however old')
    .option('-n, --limit <count>', 'at most so many (50)')
    .action((options: StatusOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/status.ts')).status(context, options)),
    )
  program
    .command('jobs')
    .summary('list the jobs of a jobset')
    .description('Jobs of a jobset with state, node, what each used and how it ended.')
    .argument('[jobset]', jobsetHelp)
    .option('--state <state>', 'only those: ready, claimed, running, succeeded, failed or cancelled')
    .option('-n, --limit <count>', 'at most so many (all)')
    .action((jobset: string | undefined, options: JobsOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/jobs.ts')).jobs(context, jobset, options)),
    )
  program
    .command('wait')
    .summary('wait until a jobset is done')
    .description('Shows progress until the jobset is done. Exit status 0: all jobs succeeded; 1: some did not.')
    .argument('[jobset]', jobsetHelp)
    .action((jobset: string | undefined, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/wait.ts')).wait(context, jobset)),
    )
  program
    .command('kill')
    .summary('cancel a jobset or a job')
    .description('Cancels it and waits up to 15 s until no node runs it any more.')
    .argument('<target>', 'NAMESPACE/BATCH, NAMESPACE/BATCH/JOB, or a batch name that is used once')
    .action((target: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/kill.ts')).kill(context, target)),
    )
  program
    .command('retry')
    .summary('run again what ended badly')
    .description('Runs failed, cancelled and skipped jobs again; one that succeeded is never reopened. Old results stay beside.')
    .argument('<target>', 'NAMESPACE/BATCH, NAMESPACE/BATCH/JOB, or a batch name that is used once')
    .option('--failed', 'of a jobset: what ended badly (the default)')
    .action((target: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/retry.ts')).retry(context, target)),
    )
  program
    .command('template')
    .summary('print a commented jobset file')
    .argument('<kind>', 'python, apptainer or shell')
    .option('-o, --output <file>', 'write it there instead')
    .option('--force', 'even over a file that exists')
    .action((kind: string, options: TemplateOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/template.ts')).template(context, kind, options)),
    )
  program
    .command('schema')
    .summary('print the JSON Schema of the jobset file, for editors')
    .action((_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/schema.ts')).schema(context)),
    )
}

/** An option that may be given several times. */
function gather(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
