// How the launcher is started: from source under tsx (development, tests), or the built program.
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { nodeProgram } from './node-program.ts'

export interface LauncherProcess {
  readonly pid: number | undefined
  /** exit code, minus a signal's number does not matter here: null when it was killed or could not be started */
  readonly exited: Promise<number | null>
}

/** Arguments for node. */
export function launcherArguments(work: string, idleMs: number): string[] {
  return [...nodeProgram('./launcher-main', import.meta.url), '--work', work, '--idle', String(idleMs)]
}

/** Starts a launcher that outlives us: own session, no pipe to us, output in launcher.log. */
export function startLauncher(work: string, idleMs: number): LauncherProcess {
  const log = openSync(join(work, 'launcher.log'), 'a', 0o600)
  try {
    const child = spawn(process.execPath, launcherArguments(work, idleMs), { cwd: work, detached: true, stdio: ['ignore', log, log] })
    child.unref()
    const exited = new Promise<number | null>((resolve) => {
      child.once('exit', (code) => resolve(code))
      child.once('error', () => resolve(null))
    })
    return { pid: child.pid, exited }
  } finally {
    closeSync(log)
  }
}
