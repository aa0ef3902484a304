// Grammar of the commands that keep a head in order: backup, restore, verify, gc, doctor; and of completion.
import type { Command } from 'commander'
import type { DoctorOptions } from '../commands/doctor.ts'
import type { GcOptions } from '../commands/gc.ts'
import type { Runner } from './program.ts'

const backupNotes = `
The head goes on working. \`dist restore\` puts the copy in the place of the data
folder; agents come back by themselves. The copy has tokens and keys in it: keep it
as private as the data folder.
`

const verifyNotes = `
Exit status 1 when something is missing, changed or cannot be read. What is too
much is told and no failure: files that people put into result folders, leftovers
that \`dist gc\` removes. The head works on; it is given half of the time.
`

const gcNotes = `
Results are permanent unless head.yaml in the head's data folder says otherwise:

  retention: {days: 90, attempts_only: true}
`

const doctorNotes = `
Exit status 1 when there is a problem; a warning is none. Nothing is changed.
`

/** Title of the commands about the command line itself. */
export const ownGroup = 'This program:'

export function addOpsCommands(program: Command, run: Runner): void {
  program
    .command('backup')
    .summary("copy the head's data")
    .description("Copies the head's data folder, consistent, to a new folder on this machine. For administrators.")
    .argument('<folder>', 'where to; it must not be there yet')
    .addHelpText('after', backupNotes)
    .action((folder: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/backup.ts')).backup(context, folder)),
    )
  program
    .command('restore')
    .summary('put a backup in the place of the data')
    .description('Copies a backup to where a head keeps its data, on the machine of the head, and compares it with what was backed up.')
    .argument('<folder>', 'what `dist backup` made')
    .option('--data <dir>', 'the data folder, absent or empty (that of this account)')
    .action((folder: string, options: { readonly data?: string }, command: Command) =>
      run(command, async (context) => (await import('../commands/restore.ts')).restore(context, folder, options)),
    )
  program
    .command('verify')
    .summary('hash everything that the head keeps')
    .description(
      'Reads every input and every result on the head, compares hashes, and reports what is missing, changed or too much. Repairs nothing.',
    )
    .addHelpText('after', verifyNotes)
    .action((_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/verify.ts')).verify(context)),
    )
  program
    .command('gc')
    .summary('remove what nothing needs')
    .description(
      'Removes inputs that no jobset names, uploads and packs that belong to nothing, and results that `retention` in head.yaml gives up.',
    )
    .option('-d, --dry', 'only tell what would go')
    .addHelpText('after', gcNotes)
    .action((options: GcOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/gc.ts')).gc(context, options)),
    )
  program
    .command('doctor')
    .summary('look for what is wrong')
    .description('Looks at the head, at this machine as a node, and with --data at a data folder; says what is wrong and what to do.')
    .option('--data <dir>', 'a data folder of a head on this machine, running or not')
    .option('--work <dir>', "an agent's work folder (that of this account)")
    .addHelpText('after', doctorNotes)
    .action((options: DoctorOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/doctor.ts')).doctor(context, options)),
    )
  program.commandsGroup(ownGroup)
  program
    .command('completion')
    .summary('teach a shell to complete')
    .description('Prints what completes commands, flags, and the names of jobsets, jobs and nodes in a shell.')
    .addArgument(program.createArgument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/completion.ts')).completion(context, shell)),
    )
}
