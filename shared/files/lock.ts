// One process a folder: flock on a descriptor of ours, taken by a short-lived flock(1) that inherits it (Node has no flock).
// The lock belongs to the open file: it stays with us when flock(1) exits and is gone with `kill -9`; no pid files.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { DistError, systemCode } from '../base/errors.ts'

/** Waits until nobody else has `path` locked, and locks it until this process ends; it holds nothing up but the caller. */
export async function waitLock(path: string): Promise<void> {
  const fd = openSync(path, 'a', 0o600)
  const child = spawn('flock', ['-x', '3'], { stdio: ['ignore', 'ignore', 'inherit', fd] })
  const stop = () => child.kill('SIGKILL')
  process.once('exit', stop)
  const [code] = await once(child, 'exit')
  process.off('exit', stop)
  if (code !== 0) throw new DistError('data_folder', `cannot lock ${path}: flock ended with ${code}`)
}

/** Locks `path` (made when missing, 0600); returns the release, or null when another process holds it. */
export function tryLock(path: string): (() => void) | null {
  return tryLockDescriptor(openSync(path, 'a', 0o600), path)
}

/** Locks it together with others who do this, but not with `tryLock`; null when that holds it. */
export function tryShareLock(path: string): (() => void) | null {
  return tryLockDescriptor(openSync(path, 'a', 0o600), path, '-sn')
}

/** The same for an open file, which is closed when it cannot be locked. `path` is for messages. */
export function tryLockDescriptor(fd: number, path: string, how: '-xn' | '-sn' = '-xn'): (() => void) | null {
  const run = spawnSync('flock', [how, '3'], { stdio: ['ignore', 'ignore', 'pipe', fd] })
  if (run.error === undefined && run.status === 0) return () => closeSync(fd)
  closeSync(fd)
  if (run.error !== undefined) {
    if (systemCode(run.error) !== 'ENOENT') throw run.error
    throw new DistError('missing_program', 'the program `flock` is missing', { hint: 'install util-linux (apt install util-linux)' })
  }
  if (run.status === 1) return null
  throw new DistError('data_folder', `cannot lock ${path}: ${run.stderr.toString().trim()}`)
}
