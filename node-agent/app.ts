// Starts one agent: work folder, lock, identity, then the agent itself; and ends it orderly. Called by main.ts.
import { errorMessage } from '../shared/base/errors.ts'
import { packageVersion } from '../shared/base/package-info.ts'
import { ShutdownGroup } from '../shared/base/shutdown.ts'
import { Agent } from './agent.ts'
import type { AgentOptions } from './config/flags.ts'
import { NodeKey } from './config/identity.ts'
import { readSettingsFile } from './config/settings-file.ts'
import { lockWorkFolder } from './control/lock.ts'
import type { Log } from './control/log.ts'
import { watchSignals } from './control/signals.ts'
import { openWorkFolder } from './control/work-folder.ts'
import { findMembership, rejoin } from './join.ts'
import { probeLimits } from './probe/limits.ts'
import { probePython, withoutPython } from './probe/python.ts'
import { probeMachine } from './probe-machine.ts'

/**
 * Runs until the agent is asked to end (0), has nothing left to do (`--once`, 0), or is refused by the head (throws).
 * The first signal drains, the second stops the jobs (the first does where nothing is waited for), a third ends them
 * without grace; the one after that ends this process alone.
 */
export async function runAgent(options: AgentOptions, env: NodeJS.ProcessEnv, log: Log): Promise<number> {
  const folder = openWorkFolder(options.work)
  const unlock = lockWorkFolder(folder.root)
  const group = new ShutdownGroup((error) => log.error(errorMessage(error)))
  let stop = (signal: string): void => {
    log.info(`${signal}: not started yet, leaving`)
    process.exit(0)
  }
  const again = (signal: string) => stop(signal)
  const unwatch = watchSignals(again, again, again, () => process.exit(1))
  try {
    const python = probePython(env)
    if (python === null) log.warn(withoutPython)
    group.run(async (signal) => {
      const limits = python === null ? null : await probeLimits(python.path, folder.root, signal)
      log.info(
        `memory limits: ${limits ?? `none (no ${python === null ? 'python3' : 'cgroup to write'}), memory only decides what fits beside a job`}`,
      )
    })
    const file = await readSettingsFile(folder.root)
    const version = packageVersion()
    const key = NodeKey.open(folder.root)
    const join = { work: folder.root, key, options, name: options.name ?? file.name ?? null, version, log, signal: group.signal }
    const [membership, found] = await Promise.all([
      findMembership(join),
      probeMachine(options, env, python?.path ?? null, folder.root, group),
    ])
    log.info(`slots share a build by ${found.views === 'build' ? 'building it once each' : `views of it (${found.views})`}`)
    const agent = new Agent({
      options,
      env,
      log,
      folder,
      group,
      key,
      version,
      python,
      file,
      found,
      membership,
      rejoin: options.join === null ? null : () => rejoin(join),
    })
    stop = (signal) => agent.asked(signal)
    return await agent.run()
  } finally {
    unwatch()
    await group.close('the agent ends')
    unlock()
  }
}
