// Which program a slot's keeper is: python/keeper.py, or plain-keeper/ on a node without python3. Called by keepers.ts.
import { nodeProgram } from './node-program.ts'

export interface KeeperStart {
  /** null: there is none on this node */
  readonly python: string | null
  /** keeper.py */
  readonly script: string
  readonly work: string
  readonly slot: number
}

export function keeperCommand({ python, script, work, slot }: KeeperStart): [program: string, ...args: string[]] {
  if (python === null) return [process.execPath, ...nodeProgram('../plain-keeper/main', import.meta.url), work, String(slot)]
  // UTF-8 whatever the locale says; -S and -E keep the start short and free of the environment.
  return [python, '-S', '-E', '-X', 'utf8', script, work, String(slot)]
}
