// Grammar of the commands about jobset files: add, check, template, schema.
import type { Command } from 'commander'
import type { AddOptions } from '../commands/add.ts'
import type { CheckOptions } from '../commands/check.ts'
import type { TemplateOptions } from '../commands/template.ts'
import type { Runner } from './program.ts'

const fileHelp = 'the jobset file (distribute-jobs.yaml, then jobs.yaml)'

const addNotes = `
A jobset is known by namespace and batch_name: the same again is refused, with
what is there. With --extend a changed job runs again; nothing is overwritten,
its old result is kept beside. A broken upload goes on where it was, also when
\`dist add\` was killed and is typed again.`

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
