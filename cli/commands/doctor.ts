// `dist doctor`: what is right and wrong with head, token, clocks and versions, with this machine as a node, and with a
// data folder.
import { resolve } from 'node:path'
import type { Check, CheckLevel } from '../../shared/model/check.ts'
import type { Context } from '../context.ts'
import { checkHead } from '../ops/check-head.ts'
import { checkProgram } from '../ops/check-program.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted } from '../render/labels.ts'
import { oneLine } from '../render/text-width.ts'

export interface DoctorOptions {
  readonly data?: string
  readonly work?: string
}

/** Exit status 1 with a problem. --json: `{checks: [{name, level, message, hint?}]}`; level is ok, warning or problem. */
export async function doctor(context: Context, options: DoctorOptions): Promise<number> {
  const { io } = context
  const path = (name: string): string => resolve(io.cwd, name)
  const checks: readonly Check[] = (
    await Promise.all([
      checkHead(context),
      checkProgram(io, 'node-agent', options.work === undefined ? [] : ['--work', path(options.work)]),
      options.data === undefined ? [] : checkProgram(io, 'server', ['--data', path(options.data)]),
    ])
  ).flat()
  return showChecks(context, checks)
}

/** Prints them with a line of counts; the exit status. */
export function showChecks(context: Context, checks: readonly Check[]): number {
  context.value({ checks })
  const width = Math.max(...checks.map(({ name }) => name.length))
  const paint: Readonly<Record<CheckLevel, (text: string) => string>> = {
    ok: context.out.green,
    warning: context.out.yellow,
    problem: context.out.red,
  }
  for (const { name, level, message, hint } of checks) {
    context.print(`${paint[level](level.padEnd(8))} ${name.padEnd(width)}  ${oneLine(message)}`)
    if (hint !== undefined && level !== 'ok') context.print(`${' '.repeat(width + 11)}${context.out.dim(oneLine(hint))}`)
  }
  const count = (level: CheckLevel): number => checks.filter((check) => check.level === level).length
  context.print('')
  context.print(`${counted(count('problem'), 'problem')}, ${counted(count('warning'), 'warning')}`)
  return count('problem') === 0 ? exitCode.done : exitCode.failed
}
