// Grammar of the commands that need no head of their own: run, slurm, sge. And import, which brings home what they made.
import type { Command } from 'commander'
import type { BundleOptions } from '../commands/bundle.ts'
import type { ImportOptions } from '../commands/import.ts'
import type { RunOptions } from '../commands/run.ts'
import type { Runner } from './program.ts'

const fileHelp = 'the jobset file (distribute-jobs.yaml, then jobs.yaml)'
const runNotes = `
The build and every job find the folders and the environment of a node, one
job after the other unless they ask for cores. What they saved is then in
DIR/archived_files/<job>/. Capabilities are not looked at. Ctrl-C stops all.
`
const bundleNotes = (name: string) => `
DIR gets everything to run the jobset there without dist: inputs, build,
arrays of jobs, a script that uploads it, a README.txt. The fields of
\`${name}:\` in the file are used. Afterwards: dist import DIR
`

const importNotes = `
May be repeated: what is there already is left, what has ended since is added.
A jobset that the head does not have yet is added, and none of its jobs is
given to a node. Exit status 1: something is damaged, or was refused.
`

export function addLocalCommands(program: Command, run: Runner): void {
  program
    .command('run')
    .summary('run a jobset here, without a server')
    .description('Runs a jobset on this machine and shows what it prints. Exit status 0: all jobs succeeded; 1: some did not.')
    .argument('[file]', fileHelp)
    .option('--job <name>', 'only this one; may be repeated', gather)
    .option('-s, --save-dir <dir>', 'where results go; a new folder', './distribute-run')
    .option('--clean-save', 'replace the results of an earlier run there')
    .option('--cores <count>', 'cores that jobs may use (all)')
    .option('--live', 'show what jobs print, however many there are (up to 20)')
    .option('--no-live', 'only progress')
    .addHelpText('after', runNotes)
    .action((file: string | undefined, options: RunOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/run.ts')).run(context, file, options)),
    )
  addBundle(program, run, 'slurm', 'Slurm')
  addBundle(program, run, 'sge', 'Grid Engine')
  program
    .command('import')
    .summary('bring home what a bundle computed')
    .description('Verifies what the jobs of a bundle left and commits it at the head as their results, each once.')
    .argument('<dir>', 'a bundle of `dist slurm` or `dist sge`, fetched with its rsync_download.sh')
    .option('-d, --dry', 'verify only, send nothing')
    .addHelpText('after', importNotes)
    .action((dir: string, options: ImportOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/import.ts')).importBundle(context, dir, options)),
    )
}

function addBundle(program: Command, run: Runner, name: 'slurm' | 'sge', title: string): void {
  program
    .command(name)
    .summary(`make a bundle for ${title}`)
    .description(`Makes a folder that runs a jobset on a cluster with ${title}.`)
    .argument('<dir>', 'a new folder')
    .argument('[file]', fileHelp)
    .option('--cluster-username <name>', 'for rsync_upload.sh, with the two below')
    .option('--cluster-address <host>')
    .option('--cluster-upload-destination <dir>')
    .addHelpText('after', bundleNotes(name))
    .action((dir: string, file: string | undefined, options: BundleOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/bundle.ts')).bundle(context, name, dir, file, options)),
    )
}

/** An option that may be given several times. */
function gather(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value]
}
