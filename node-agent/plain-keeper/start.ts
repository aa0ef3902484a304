// Starts a run's first process: session and group of its own, stdin /dev/null, stdout and stderr on the slot's output file.
// Called by the keeper when the workspace is staged.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import type { Environment, RunOrder } from '../launcher/messages.ts'
import { commandOf } from './command.ts'
import { readProcess } from './processes.ts'

export interface Started {
  readonly child: ChildProcess
  readonly pid: number
  /** clock ticks since boot */
  readonly ticks: number
  readonly note: string | null
}

/** Rejects when the program cannot be started. `out` is open for appending. */
export async function startProcess(order: RunOrder, env: Environment, folder: string, out: number): Promise<Started> {
  const { file, argv0, args, note } = commandOf(order, env, folder)
  const child = spawn(file, [...args], { argv0, cwd: folder, env: { ...env }, detached: true, stdio: ['ignore', out, out] })
  const { pid } = child
  if (pid === undefined) {
    const [error] = await once(child, 'error').catch((reason: unknown) => [reason])
    throw error
  }
  if ((order.nice ?? 0) !== 0) beNiceAsSession(pid, order.nice ?? 0)
  // Even one that has ended already is there until the event loop waits for it.
  return { child, pid, ticks: readProcess(pid)?.started ?? 0, note }
}

/** Where the kernel schedules sessions as groups, nice means nothing to processes of other sessions. */
function beNiceAsSession(pid: number, nice: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(Math.min(19, Math.max(-20, getPriority() + nice))))
  } catch {
    // no such thing here, or the process has ended
  }
}
