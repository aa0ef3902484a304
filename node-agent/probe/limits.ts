// Whether jobs on this node can be held to a memory limit: asked of the keeper's own code, once at the agent's start.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../shared/base/package-info.ts'

export type MemoryLimits = 'cgroup-v1' | 'cgroup-v2' | null

/** null: no memory cgroup may be written here, so a job's `memory` only decides what fits beside it. */
export function probeLimits(python: string, work: string, signal?: AbortSignal): Promise<MemoryLimits> {
  const script = join(packageRoot(), 'python', 'keeper_limits.py')
  const args = ['-S', '-E', '-X', 'utf8', script, work]
  return new Promise((resolve) => {
    execFile(python, args, { timeout: 10_000, ...(signal === undefined ? {} : { signal }) }, (error, stdout) => {
      const said = stdout.trim()
      resolve(error === null && (said === 'cgroup-v1' || said === 'cgroup-v2') ? said : null)
    })
  })
}
