// What this node calls itself and offers, from four sources: a flag or the environment wins over agent.yaml, which
// wins over what was probed. Words that every node has (`cores=8`) are added; a declared one of the same name wins.
import type { AgentSettings } from '../../shared/config/agent-settings.ts'

/** From flags and environment. */
export interface GivenSettings {
  readonly name: string | null
  readonly capabilities: readonly string[] | null
  readonly cores: number | null
  readonly cacheSize: number | null
}

export interface Probed {
  readonly hostName: string
  readonly cores: number
  readonly memory: number
  /** `word=value` for each word of its own, given the cores that are offered */
  readonly words: (cores: number) => readonly string[]
}

export interface NodeSettings {
  readonly name: string
  readonly capabilities: readonly string[]
  readonly cores: number
  readonly memory: number
  /** bytes that unused inputs and builds may take */
  readonly cacheSize: number
}

const defaultCacheSize = 20 * 1024 ** 3

export function mergeSettings(given: GivenSettings, file: AgentSettings, probed: Probed): NodeSettings {
  const cores = given.cores ?? file.cores ?? probed.cores
  const declared = [...new Set(given.capabilities ?? file.capabilities ?? [])]
  const named = new Set(declared.map(wordOf))
  const own = probed.words(cores).filter((word) => !named.has(wordOf(word)))
  return {
    name: given.name ?? file.name ?? probed.hostName,
    capabilities: [...declared, ...own],
    cores,
    memory: probed.memory,
    cacheSize: given.cacheSize ?? file.cacheSize ?? defaultCacheSize,
  }
}

function wordOf(declaration: string): string {
  return declaration.split('=', 1)[0] ?? declaration
}
