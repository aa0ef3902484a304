// What this node calls itself and offers, from four sources: a flag or the environment wins over agent.yaml, which
// wins over what was probed. Words that every node has (`cores=8`) are added; a declared one of the same name wins.
import type { AgentSettings } from '../../shared/config/agent-settings.ts'
import { mostSlots } from '../../shared/config/node-limits.ts'

/** From flags and environment. */
export interface GivenSettings {
  readonly name: string | null
  readonly capabilities: readonly string[] | null
  readonly cores: number | null
  readonly slots: number | null
  readonly gpus: number | null
  readonly cacheSize: number | null
}

export interface Probed {
  readonly hostName: string
  readonly cores: number
  readonly memory: number
  readonly gpus: number
  /** what the probes of agent.yaml found */
  readonly found: readonly string[]
  /** `word=value` for each word of its own, given what is offered */
  readonly words: (offered: { readonly cores: number; readonly gpus: number }) => readonly string[]
}

export interface NodeSettings {
  readonly name: string
  readonly capabilities: readonly string[]
  readonly cores: number
  /** jobs that run at once */
  readonly slots: number
  readonly gpus: number
  readonly memory: number
  /** bytes that unused inputs and builds may take */
  readonly cacheSize: number
}

const defaultCacheSize = 20 * 1024 ** 3

export function mergeSettings(given: GivenSettings, file: AgentSettings, probed: Probed): NodeSettings {
  const cores = given.cores ?? file.cores ?? probed.cores
  const gpus = given.gpus ?? file.gpus ?? probed.gpus
  const declared = [...new Set(given.capabilities ?? file.capabilities ?? [])]
  const found = unnamed(probed.found, declared)
  const own = unnamed(probed.words({ cores, gpus }), [...declared, ...found])
  return {
    name: given.name ?? file.name ?? probed.hostName,
    capabilities: [...declared, ...found, ...own],
    cores,
    slots: given.slots ?? file.slots ?? Math.min(cores, mostSlots),
    gpus,
    memory: probed.memory,
    cacheSize: given.cacheSize ?? file.cacheSize ?? defaultCacheSize,
  }
}

/** Those whose word is not among `others`. */
function unnamed(words: readonly string[], others: readonly string[]): string[] {
  const named = new Set(others.map(wordOf))
  return words.filter((word) => !named.has(wordOf(word)))
}

function wordOf(declaration: string): string {
  return declaration.split('=', 1)[0] ?? declaration
}
