// The python3 of this node: its version for the capabilities, and the interpreter's own path for the keepers
// (a pyenv shim costs 28 ms a start). Asked once, at the agent's start.
import { spawnSync } from 'node:child_process'

export interface Python {
  /** absolute path of the interpreter */
  readonly path: string
  /** `3.11.2` */
  readonly version: string
}

const question = 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])'

/** null where there is no python3 on the PATH, or it does not work. */
export function probePython(env: NodeJS.ProcessEnv = process.env): Python | null {
  const run = spawnSync('python3', ['-I', '-c', question], { env, encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'ignore'] })
  const [path, version] = (run.stdout ?? '').split('\n')
  if (run.status !== 0 || path === undefined || version === undefined || !path.startsWith('/')) return null
  return { path, version }
}

/** What the agent says when there is none. */
export const withoutPython =
  'no working python3 on the PATH: shell and apptainer jobs run, python jobsets and `initialize.source` do not; memory is ' +
  'sampled and never limited, and of a killed keeper a job goes on until the next one starts (apt install python3)'
