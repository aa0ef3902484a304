// What the agent finds out about its machine before it says hello, all at once. Called by app.ts.
import type { ShutdownGroup } from '../shared/base/shutdown.ts'
import type { Found } from './agent-parts.ts'
import type { AgentOptions } from './config/flags.ts'
import { usableCpus } from './config/pinning.ts'
import { lockMachine } from './control/machine-lock.ts'
import { affinityOf } from './probe/cpus.ts'
import { probeGpus } from './probe/gpus.ts'
import { probeViews } from './probe/views.ts'

/** `usage` when a flag asks for what this machine does not have. The lock of the only agent lasts as long as `group`. */
export async function probeMachine(
  options: AgentOptions,
  env: NodeJS.ProcessEnv,
  python: string | null,
  work: string,
  group: ShutdownGroup,
): Promise<Found> {
  const unlock = lockMachine()
  if (unlock !== null) group.onClose(unlock)
  const pinning = { pin: options.pin, mask: affinityOf('self'), alone: unlock !== null }
  usableCpus(pinning)
  const [gpus, seen] = await Promise.all([
    options.gpus ?? probeGpus(env, group.signal),
    // only the python keeper makes views
    python === null ? ('none' as const) : (options.views ?? probeViews(python, work, group.signal)),
  ])
  return { gpus, views: seen === 'none' ? 'build' : seen, pinning }
}
