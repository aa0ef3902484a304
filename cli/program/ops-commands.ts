// Grammar of the commands that keep a head in order: backup, verify.
import type { Command } from 'commander'
import type { Runner } from './program.ts'

const backupNotes = `
The head goes on working. Restore: put the folder in the place of the data folder and start the head on it; agents come
back by themselves. The copy has tokens and keys in it: keep it as private as the data folder.

Example: dist backup /mnt/backup/dist-$(date +%F)
`

const verifyNotes = `
Exit status 1 when something is missing, changed or cannot be read. What is too much is told and no failure: files that
people put into result folders, leftovers that \`dist gc\` removes. The head works on; it is given half of the time.

Example: dist verify --json > verify.json
`

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
    .command('verify')
    .summary('hash everything that the head keeps')
    .description(
      'Reads every input and every result on the head, compares hashes, and reports what is missing, changed or too much. Repairs nothing.',
    )
    .addHelpText('after', verifyNotes)
    .action((_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/verify.ts')).verify(context)),
    )
}
