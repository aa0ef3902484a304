// What one agent is made of: gathered by app.ts, put together by wire-loop.ts.
import type { ShutdownGroup } from '../shared/base/shutdown.ts'
import type { AgentSettings } from '../shared/config/agent-settings.ts'
import type { AgentOptions } from './config/flags.ts'
import type { Membership, NodeKey } from './config/identity.ts'
import type { PinFacts } from './config/pinning.ts'
import type { Log } from './control/log.ts'
import type { WorkFolder } from './control/work-folder.ts'
import type { Python } from './probe/python.ts'
import type { ViewMode } from './stage/places.ts'

/** What was asked of this machine, or told by flags. */
export interface Found {
  readonly gpus: number
  readonly views: ViewMode
  readonly pinning: PinFacts
}

export interface AgentParts {
  readonly options: AgentOptions
  readonly env: NodeJS.ProcessEnv
  readonly log: Log
  readonly folder: WorkFolder
  readonly group: ShutdownGroup
  readonly key: NodeKey
  readonly version: string
  /** null: plain keepers */
  readonly python: Python | null
  /** agent.yaml as it was at the start */
  readonly file: AgentSettings
  readonly found: Found
  readonly membership: Membership
  /** joins anew when the head does not know us any more; null without a code */
  readonly rejoin: (() => Promise<Membership>) | null
}
