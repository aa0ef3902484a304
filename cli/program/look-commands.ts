// Grammar of the commands that look: status, jobs, show, top, wait, watch.
import type { Command } from 'commander'
import type { JobsOptions } from '../commands/jobs.ts'
import type { StatusOptions } from '../commands/status.ts'
import type { TopOptions } from '../commands/top.ts'
import { jobsetHelp, targetHelp } from './argument-help.ts'
import type { Runner } from './program.ts'

export function addLookCommands(program: Command, run: Runner): void {
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
    .argument('[target]', `${jobsetHelp}; NAMESPACE/BATCH/JOB* lists those jobs`)
    .option('--state <state>', 'only those: waiting, ready, claimed, running, succeeded, failed, cancelled or skipped')
    .option('-n, --limit <count>', 'at most so many (all)')
    .action((target: string | undefined, options: JobsOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/jobs.ts')).jobs(context, target, options)),
    )
  program
    .command('show')
    .summary('everything about a jobset or a job')
    .description('State, progress, builds and failures of a jobset, or the attempts of a job.')
    .argument('[target]', `${targetHelp}, or a jobset file (the one in this folder)`)
    .action((target: string | undefined, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/show.ts')).show(context, target)),
    )
  program
    .command('top')
    .summary('nodes and jobsets, live and full-screen')
    .description('Nodes with their cores in use and jobsets with their progress, drawn anew until q. Once where there is no terminal.')
    .option('-a, --all', 'finished jobsets too, however old')
    .option('--every <seconds>', 'between two looks', '2')
    .action((options: TopOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/top.ts')).top(context, options)),
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
    .command('watch')
    .summary('tell what happens while it happens')
    .description(
      'A line for everything that happens to a jobset until it is done, with the exit status of `dist wait`; without a name, of all until Ctrl-C.',
    )
    .argument('[jobset]', 'NAMESPACE/BATCH, a batch name that is used once, last, or a jobset file (all jobsets and nodes)')
    .action((jobset: string | undefined, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/watch.ts')).watch(context, jobset)),
    )
}
