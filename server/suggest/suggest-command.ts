// How python/dist_suggest is started: which interpreter, where the program lies, and no more of the environment than Python needs.
import { join } from 'node:path'
import { packageRoot } from '../../shared/base/package-info.ts'

export interface SuggestCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Tokens and the like stay with the head: optimisers are other people's code. */
const passed = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'PYTHONPATH',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  'XDG_CACHE_HOME',
]

/** `python`: the interpreter that has the optimisers. */
export function suggestCommand(python: string, env: Readonly<Record<string, string | undefined>>): SuggestCommand {
  return {
    file: python,
    args: ['-X', 'utf8', join(packageRoot(), 'python', 'dist_suggest')],
    env: Object.fromEntries(passed.filter((name) => env[name] !== undefined).map((name) => [name, env[name]])),
  }
}
