// One agent a work folder: flock on a descriptor of ours, taken by a short-lived `flock` that inherits it (Node has no
// flock). The lock stays with our descriptor and is gone with `kill -9`; children get it only if it is passed on.
import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { DistError, systemCode } from '../../shared/base/errors.ts'

/** Locks `path` (made when missing); returns the release. `locked` when another process holds it. */
export function takeLock(path: string, what: string): () => void {
  const fd = openSync(path, 'a', 0o600)
  const run = spawnSync('flock', ['-xn', '3'], { stdio: ['ignore', 'ignore', 'pipe', fd] })
  if (run.error === undefined && run.status === 0) return () => closeSync(fd)
  closeSync(fd)
  if (run.error !== undefined) {
    const hint = 'install util-linux (apt install util-linux)'
    if (systemCode(run.error) === 'ENOENT') throw new DistError('missing_program', 'the program `flock` is missing', { hint })
    throw run.error
  }
  if (run.status === 1)
    throw new DistError('locked', `${what} is in use`, { hint: 'stop the other agent, or give this one another --work folder' })
  throw new DistError('data_folder', `cannot lock ${path}: ${run.stderr.toString().trim()}`)
}
