// The quota of a namespace: over it nothing new is taken, what runs is kept. Asked when a draft is opened.
import { DistError } from '../../shared/base/errors.ts'
import type { HeadSettings } from '../../shared/config/head-settings.ts'
import { formatBytes } from '../../shared/text/bytes.ts'

/** `used`: bytes that the namespace's results take. */
export function assertQuota(settings: HeadSettings, namespace: string, used: number): void {
  const allowed = settings.quota.get(namespace)
  if (allowed === undefined || used <= allowed) return
  throw new DistError(
    'over_quota',
    `the namespace ${namespace} is over its quota: its results take ${formatBytes(used)} of ${formatBytes(allowed)}`,
    {
      hint: 'what runs is kept; ask the administrator to raise `quota` or to set `retention` in head.yaml, then add it again',
      ids: { namespace, used, allowed },
    },
  )
}
