// Grammar of the commands about nodes: nodes, node.
import type { Command } from 'commander'
import { nodesHelp } from './argument-help.ts'
import type { Runner } from './program.ts'

const pauseNotes = `
What runs there goes on; what was given ahead comes back. \`dist node drain
--timeout\` hands back what runs, too.`

export function addNodeCommands(program: Command, run: Runner): void {
  program
    .command('nodes')
    .summary('list nodes')
    .description('Every node that ever joined, what it has and what it does.')
    .action((_options: unknown, command: Command) => run(command, async (context) => (await import('../commands/nodes.ts')).nodes(context)))
  const node = program.command('node').summary('manage nodes')
  node
    .command('invite')
    .description('Prints the line to paste on a new node. It works once, for 15 minutes.')
    .action((_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/node-invite.ts')).inviteNode(context)),
    )
  node
    .command('show')
    .argument('<node>', 'as in `dist nodes`')
    .description('Everything that is known of one node.')
    .action((name: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/node-show.ts')).showNode(context, name)),
    )
  node
    .command('pause')
    .argument('<node>', nodesHelp)
    .option('--for <duration>', 'then it gets work again by itself, such as 2h or 30m')
    .description('Gives a node no new work until it is resumed.')
    .addHelpText('after', pauseNotes)
    .action((name: string, options: { readonly for?: string }, command: Command) =>
      run(command, async (context) => (await import('../commands/node-steer.ts')).pauseNode(context, name, options)),
    )
  node
    .command('resume')
    .argument('<node>', nodesHelp)
    .description('Gives a paused node work again.')
    .action((name: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/node-steer.ts')).resumeNode(context, name)),
    )
  node
    .command('clear')
    .argument('<node>', nodesHelp)
    .description('Forgets what stands against a node: builds that failed there may be tried there again.')
    .action((name: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/node-steer.ts')).clearNode(context, name)),
    )
  node
    .command('drain')
    .argument('<node>', nodesHelp)
    .option('--timeout <duration>', 'then it stops its jobs and hands them back (never)')
    .description('Asks a node to finish what it runs, take nothing new, and leave.')
    .action((name: string, options: { readonly timeout?: string }, command: Command) =>
      run(command, async (context) => (await import('../commands/node-steer.ts')).drainNode(context, name, options)),
    )
}
