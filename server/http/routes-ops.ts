// Routes that keep a head in order; for administrators.
import type { Handlers, HttpContext } from './deps.ts'

export function opsHandlers({ ops }: HttpContext): Handlers<'backup' | 'verify' | 'collect'> {
  return {
    backup: async ({ signal }) => ({ stream: await ops.backup(signal) }),
    verify: ({ signal }) => ({ stream: ops.verify(signal) }),
    collect: async ({ body: { dry }, signal }) => ({ stream: await ops.collect({ dry, signal }) }),
  }
}
