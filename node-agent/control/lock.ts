// One agent a work folder: a second one would run the same jobs.
import { DistError } from '../../shared/base/errors.ts'
import { tryLock } from '../../shared/files/lock.ts'

/** Locks the work folder; returns the release. `locked` when another agent holds it. */
export function lockWorkFolder(root: string): () => void {
  const release = tryLock(`${root}/agent.lock`)
  if (release !== null) return release
  throw new DistError('locked', `the work folder ${root} is in use`, {
    hint: 'stop the other agent, or give this one another --work folder',
  })
}
