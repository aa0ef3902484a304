// agent.yaml in the work folder, watched: a change is told at once, a broken file keeps what was there before and is
// told in the log. The YAML parser (9 MB) is loaded only where there is a file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { watch } from 'chokidar'
import { DistError, errorMessage, systemCode } from '../../shared/base/errors.ts'
import type { AgentSettings } from '../../shared/config/agent-settings.ts'

const fileName = 'agent.yaml'
/** ms between looks at the file. Polled: a watch on the folder would wake us for every write to the journals in it. */
const pollEvery = 500

/** What the file says now; empty without one. `bad_request` with every problem when it is wrong. */
export async function readSettingsFile(work: string): Promise<AgentSettings> {
  const path = join(work, fileName)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return {}
    throw new DistError('bad_request', `cannot read ${path}: ${errorMessage(error)}`, { cause: error })
  }
  const { parseAgentSettings } = await import('../../shared/config/agent-settings.ts')
  const { settings, problems } = parseAgentSettings(text)
  if (settings !== null) return settings
  const { formatProblems } = await import('../../shared/config/format-problems.ts')
  throw new DistError('bad_request', `${fileName} cannot be used:\n${formatProblems(problems, text, path).trimEnd()}`)
}

export interface SettingsWatch {
  /** Resolves when changes are seen. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

/** Calls `onChange` with the file's content after every change of it, `onProblem` when it cannot be used. */
export function watchSettingsFile(
  work: string,
  onChange: (settings: AgentSettings) => void,
  onProblem: (problem: string) => void,
): SettingsWatch {
  const watcher = watch(join(work, fileName), { usePolling: true, interval: pollEvery, ignoreInitial: true })
  const read = () => {
    readSettingsFile(work).then(onChange, (error: unknown) => onProblem(errorMessage(error)))
  }
  watcher.on('add', read).on('change', read).on('unlink', read)
  watcher.on('error', (error) => onProblem(`${fileName} cannot be watched: ${errorMessage(error)}`))
  const ready = new Promise<void>((resolve) => watcher.once('ready', () => resolve()))
  return { ready, close: () => watcher.close() }
}
