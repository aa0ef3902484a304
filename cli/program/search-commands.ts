// Grammar of `dist search`.
import type { Command } from 'commander'
import type { Runner } from './program.ts'
import { addScriptCommands } from './script-commands.ts'

export function addSearchCommands(program: Command, run: Runner): void {
  const search = program.command('search').summary('run, look at, extend or end a search')
  addScriptCommands(search, run)
}
