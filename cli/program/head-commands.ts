// Grammar of the commands about the head and who may use it: login, logout, token, serve, up.
// `serve` is listed only: run.ts hands its arguments on unread.
import type { Command } from 'commander'
import type { LoginOptions } from '../commands/login.ts'
import type { UpOptions } from '../commands/up.ts'
import type { Runner } from './program.ts'

const upNotes = `
What was done is kept in ~/.local/state/dist/up: the same file again goes on
where it was, and runs again what did not succeed. While one \`dist up\` runs,
others use its head and agent.`

export function addHeadCommands(program: Command, run: Runner): void {
  program
    .command('login')
    .summary('save where a head is, and the token for it')
    .description('Saves a head and its token for this account, or chooses among saved ones, or lists them.')
    .argument('[head]', 'http://HOST:8952, or the name of a saved head (lists them)')
    .option('--name <name>', 'what to call it (its host)')
    .option('--token-file <file>', 'read the token there; - is standard input (DIST_TOKEN, or asked for)')
    .option('--use', 'send commands there from now on, though another one is saved')
    .action((head: string | undefined, options: LoginOptions, command: Command) =>
      run(command, async (context) => (await import('../commands/login.ts')).login(context, head, options)),
    )
  program
    .command('logout')
    .summary('forget a saved head')
    .description('Forgets a saved head and its token.')
    .argument('[head]', 'its name (the one that commands go to)')
    .action((head: string | undefined, _options: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/login.ts')).logout(context, head)),
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
