// What is really started for a run: its program, behind nice(1) and taskset(1) where it asks for them. Called by start.ts.
import { accessSync, constants, statSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import { resolve } from 'node:path'
import { errorMessage } from '../../shared/base/errors.ts'
import type { Environment, RunOrder } from '../launcher/messages.ts'
import { findProgram } from '../stage/find-program.ts'

export interface Command {
  readonly file: string
  readonly argv0: string
  readonly args: readonly string[]
  /** what cannot be done here */
  readonly note: string | null
}

type Wanted = Pick<RunOrder, 'argv' | 'nice' | 'cpus'>

/**
 * Throws when the program is not there. `folder`: the workspace, where relative paths begin; `tools`: PATH in which nice and
 * taskset are looked for.
 */
export function commandOf(order: Wanted, env: Environment, folder: string, tools = process.env['PATH']): Command {
  const [program = '', ...args] = order.argv
  const file = locate(program, env['PATH'], folder)
  if (file === null) throw new Error(`no program ${program}${program.includes('/') ? '' : ` in PATH=${env['PATH'] ?? ''}`}`)
  const front: string[] = []
  let note: string | null = null
  const nice = order.nice ?? 0
  if (nice !== 0) front.push(tool('nice', tools), '-n', String(nice))
  if (nice < 0) mayBeNice(nice)
  if (order.cpus !== undefined && order.cpus.length > 0) {
    const taskset = findProgram('taskset', tools)
    if (taskset === null) note = 'it was not held to its CPUs: no taskset on this node'
    else front.push(taskset, '-c', order.cpus.join(','))
  }
  const [first, ...rest] = front
  if (first === undefined) return { file, argv0: program, args, note }
  // They look the program up again, in the same PATH, and give it the name by which it was called.
  return { file: first, argv0: first, args: [...rest, program, ...args], note }
}

/** nice(1) goes on with a warning where it may not; a run must not. */
function mayBeNice(nice: number): void {
  const own = getPriority()
  try {
    setPriority(own + nice)
    setPriority(own)
  } catch (error) {
    throw new Error(`nice ${nice}: ${errorMessage(error)}`)
  }
}

function tool(name: string, path: string | undefined): string {
  const found = findProgram(name, path)
  if (found === null) throw new Error(`no program ${name} on this node`)
  return found
}

/** The file that execvp(3) would run, or null. */
function locate(program: string, path: string | undefined, folder: string): string | null {
  if (program.includes('/')) return isProgram(resolve(folder, program)) ? program : null
  for (const part of (path ?? '/bin:/usr/bin').split(':')) {
    const file = resolve(folder, part, program)
    if (isProgram(file)) return file
  }
  return null
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
