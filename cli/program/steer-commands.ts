// Grammar of the commands that change what is at work: kill, retry, resume, hold, release, priority.
import type { Command } from 'commander'
import { targetsHelp } from './argument-help.ts'
import type { Runner } from './program.ts'

const priorityNotes = `
Nodes are offered to jobsets of higher priority first; 0 is usual, -1000 and 1000
are the ends. What runs goes on.`

export function addSteerCommands(program: Command, run: Runner): void {
  program
    .command('kill')
    .summary('cancel a jobset or a job')
    .description('Cancels it and waits up to 15 s until no node runs it any more.')
    .argument('<target>', targetsHelp)
    .action((target: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/kill.ts')).kill(context, target)),
    )
  program
    .command('retry')
    .summary('run again what ended badly')
    .description('Runs failed, cancelled and skipped jobs again; one that succeeded is never reopened. Old results stay beside.')
    .argument('<target>', targetsHelp)
    .option('--failed', 'of a jobset: what ended badly (the default)')
    .action((target: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/retry.ts')).retry(context, target)),
    )
  program
    .command('resume')
    .summary('run what has no result yet')
    .description(
      'Runs jobs again that ended without a result: cancelled, skipped or never built. One whose result the head has, of whatever outcome, is left alone.',
    )
    .argument('<target>', targetsHelp)
    .action((target: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/retry.ts')).resume(context, target)),
    )
  program
    .command('hold')
    .summary('give a jobset no nodes for now')
    .description('The jobset gets no nodes until `dist release`; what runs goes on, what was given ahead comes back.')
    .argument('<target>', targetsHelp)
    .action((target: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/steer.ts')).hold(context, target)),
    )
  program
    .command('release')
    .summary('let a held jobset, or a waiting job, go on')
    .description('Lifts the hold of a jobset, and lets jobs that wait to be tried again start at once; of named jobs only the latter.')
    .argument('<target>', targetsHelp)
    .action((target: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/steer.ts')).release(context, target)),
    )
  program
    .command('priority')
    .summary('put a jobset before others')
    .description('Sets the priority of a jobset.')
    .argument('<target>', targetsHelp)
    .argument('<number>', 'higher goes first')
    .addHelpText('after', priorityNotes)
    .action((target: string, number: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/steer.ts')).priority(context, target, number)),
    )
}
