// Grammar of the commands about jobset files: add, check, template, schema.
import type { Command } from 'commander'
import type { AddOptions } from '../commands/add.ts'
import type { CheckOptions } from '../commands/check.ts'
import type { TemplateOptions } from '../commands/template.ts'
import type { Runner } from './program.ts'

const fileHelp = 'the jobset file (distribute-jobs.yaml, then jobs.yaml)'

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
    .option('--rebuild', 'build anew on every node, also where a shared build is there already')
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
