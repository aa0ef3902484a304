// Does the same to every target of a word. With --json one target prints its value, a pattern `{each: [value]}`, so that
// scripts know by what they wrote which of both comes.
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { resolveTargets, type Targets } from './resolve-targets.ts'
import { hasWildcard } from './wildcard.ts'

export interface Done {
  readonly code: number
  /** for --json */
  readonly value: unknown
}

/** The worst exit status. */
export async function eachTarget(context: Context, text: string, action: (target: Targets) => Promise<Done>): Promise<number> {
  const values: unknown[] = []
  let code: number = exitCode.done
  for (const target of await resolveTargets(context, 'change', text)) {
    const done = await action(target)
    values.push(done.value)
    code = Math.max(code, done.code)
  }
  context.value(hasWildcard(text) ? { each: values } : values[0])
  return code
}
