// Grammar of the commands about the head and its nodes: nodes, node, token, serve, up.
// `serve` is listed only: run.ts hands its arguments on unread.
import type { Command } from 'commander'
import type { UpOptions } from '../commands/up.ts'
import type { Runner } from './program.ts'

const upNotes = `
What was done is kept in ~/.local/state/dist/up: the same file again goes on
where it was, and runs again what did not succeed. While one \`dist up\` runs,
others use its head and agent.

Examples:
  dist up jobs.yaml --save-dir results
  dist up                                   then use dist add, status, pull in another terminal
`

export function addHeadCommands(program: Command, run: Runner): void {
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
    .command('drain')
    .argument('<node>', 'as in `dist nodes`')
    .option('--timeout <duration>', 'then it stops its jobs and hands them back (never)')
    .description('Asks a node to finish what it runs, take nothing new, and leave.')
    .action((name: string, options: { readonly timeout?: string }, command: Command) =>
      run(command, async (context) => (await import('../commands/node-drain.ts')).drainNode(context, name, options)),
    )
  addTokenCommands(program.command('token').summary('manage tokens'), run)
  program
    .command('serve')
    .summary('run a head (same as dist-server)')
    .description('Runs a head in the foreground. Its options: dist serve --help')
    .argument('[options...]', 'as of dist-server')
  program
    .command('up')
    .summary('head and agent on this machine')
    .description('Runs a head and one agent here. With a file: submits it, fetches its results and stops. Without: until Ctrl-C.')
    .argument('[file]', 'a jobset file')
    .option('--save-dir <dir>', 'where results go', './')
    .option('--cores <count>', 'cores that jobs may use (all)')
    .option('--capabilities <words>', 'further capabilities of this machine, separated by commas')
    .option('--extend', 'add what is new or changed to the jobset that is there')
    .option('--new-version', 'beside a jobset of that name, as NAME@2')
    .option('--set <key=value>', 'a param for every job; may be repeated', gather)
    .option('--require-clean-git', 'refuse a file whose tree or inputs differ from what is committed')
    .addHelpText('after', upNotes)
    .action((file: string | undefined, options: UpOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/up.ts')).up(context, file, options)),
    )
}

function addTokenCommands(token: Command, run: Runner): void {
  token
    .command('create')
    .description('Makes a token and prints it; it is shown only here.')
    .requiredOption('--role <role>', 'admin, user or observer')
    .requiredOption('--name <name>', 'whose it is')
    .action((options: { readonly role: string; readonly name: string }, command: Command) =>
      run(command, async (context) => (await import('../commands/token-create.ts')).createToken(context, options)),
    )
  token
    .command('list')
    .description('Tokens, without their secrets.')
    .action((_options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/token-list.ts')).listTokens(context)),
    )
  token
    .command('revoke')
    .argument('<id>', 'as in `dist token list`')
    .description('Revokes a token and closes its connections.')
    .action((id: string, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/token-revoke.ts')).revokeToken(context, id)),
    )
}

/** An option that may be given several times. */
function gather(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
