// Which views of a build a keeper can give its jobs on this node: asked of the keeper's own code, once at the agent's start.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../shared/base/package-info.ts'

/** `copy`: a mount namespace, but no overlay on the work folder's file system; `none`: slots cannot share a build's path. */
export type ViewKinds = 'overlay' | 'copy' | 'none'

/** Really tries it in a folder below `work`, which is removed again. Whatever goes wrong means `none`. */
export function probeViews(python: string, work: string, signal?: AbortSignal): Promise<ViewKinds> {
  const script = join(packageRoot(), 'python', 'keeper_view.py')
  const args = ['-S', '-E', '-X', 'utf8', script, work]
  return new Promise((resolve) => {
    execFile(python, args, { timeout: 20_000, ...(signal === undefined ? {} : { signal }) }, (error, stdout) => {
      const said = stdout.trim()
      resolve(error === null && (said === 'overlay' || said === 'copy') ? said : 'none')
    })
  })
}
