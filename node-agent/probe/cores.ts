// How many cores this agent may use: its affinity mask, cut by the CPU quota of its cgroup (v2, then v1).
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** At least 1. `read` gives a file's text or null. */
export function probeCores(read: (path: string) => string | null = readText, affinity: number = availableParallelism()): number {
  const quota = cgroup2Quota(read) ?? cgroup1Quota(read)
  return Math.max(1, quota === null ? affinity : Math.min(affinity, Math.floor(quota)))
}

/** The smallest quota on the way from our cgroup to the root: `max 100000` = none, `150000 100000` = 1.5 cores. */
function cgroup2Quota(read: (path: string) => string | null): number | null {
  const own = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup') ?? '')?.[1]
  if (own === undefined) return null
  let least: number | null = null
  for (let path = own; ; path = path.slice(0, path.lastIndexOf('/'))) {
    const [quota, period] = (read(`/sys/fs/cgroup${path === '/' ? '' : path}/cpu.max`) ?? '').trim().split(' ').map(Number)
    if (quota !== undefined && period !== undefined && quota > 0 && period > 0)
      least = Math.min(least ?? Number.POSITIVE_INFINITY, quota / period)
    if (path === '' || path === '/') return least
  }
}

function cgroup1Quota(read: (path: string) => string | null): number | null {
  const own = /^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(\/.*)$/m.exec(read('/proc/self/cgroup') ?? '')?.[1]
  if (own === undefined) return null
  const folder = `/sys/fs/cgroup/cpu${own === '/' ? '' : own}`
  const quota = Number(read(`${folder}/cpu.cfs_quota_us`) ?? '-1')
  const period = Number(read(`${folder}/cpu.cfs_period_us`) ?? '0')
  return quota > 0 && period > 0 ? quota / period : null
}

export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
