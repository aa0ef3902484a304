// `dist completion SHELL`: the lines that teach a shell to complete commands, flags, and names of this head.
import { DistError } from '../../shared/base/errors.ts'
import { scripts, shells } from '../complete/scripts.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'

/** --json: `{shell, script}`. */
export function completion(context: Context, shell: string): Promise<number> {
  const known = shells.find((one) => one === shell)
  if (known === undefined)
    throw new DistError('usage', `there is no completion for ${shell}`, { hint: `write one of: ${shells.join(', ')}` })
  context.value({ shell: known, script: scripts[known] })
  if (!context.json) context.io.stdout.write(scripts[known])
  return Promise.resolve(exitCode.done)
}
