// How this node can give a slot a copy-on-write view of a build: asked of the keeper's own code, once at the agent's start.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../shared/base/package-info.ts'

export type Views = 'overlay' | 'copy' | 'none'

/** `none`: no mount namespaces here, so that each slot builds for itself. */
export function probeViews(python: string, work: string, signal?: AbortSignal): Promise<Views> {
  const script = join(packageRoot(), 'python', 'keeper_view.py')
  const args = ['-S', '-E', '-X', 'utf8', script, work]
  return new Promise((resolve) => {
    execFile(python, args, { timeout: 10_000, ...(signal === undefined ? {} : { signal }) }, (error, stdout) => {
      const said = stdout.trim()
      resolve(error === null && (said === 'overlay' || said === 'copy') ? said : 'none')
    })
  })
}
