// `agent.yaml` in an agent's work folder: what the node is called and what it offers. Read at start and whenever it
// changes. Loaded by the agent, whose memory must stay small: no schema package here.
import { isDeclaration } from '../model/capability.ts'
import { parseBytes } from '../text/bytes.ts'
import type { MapSchema } from './key.ts'
import { nameProblem } from './name-rule.ts'
import { mostCores, mostGpus, mostSlots } from './node-limits.ts'
import { type Path, type Problem, Problems } from './problem.ts'
import { readName } from './read-meta.ts'
import { isSet, readWhole } from './read-values.ts'
import { Reading } from './reading.ts'
import type { Entry } from './tree.ts'
import { yamlTree } from './yaml-tree.ts'

/** Only what the file says; what it leaves out comes from flags, environment and probes. */
export interface AgentSettings {
  readonly name?: string
  /** declarations: words and `word=value` */
  readonly capabilities?: readonly string[]
  /** cores that jobs may use */
  readonly cores?: number
  /** jobs that run at once, at most */
  readonly slots?: number
  readonly gpus?: number
  /** word -> command whose output tells its version */
  readonly probes?: Readonly<Record<string, string>>
  /** private key for builds that clone; relative to the work folder */
  readonly gitSshKey?: string
  /** bytes that unused inputs and builds may take on this node */
  readonly cacheSize?: number
  /** of this node: where the jobs of trials connect to that have processes on other nodes */
  readonly answerAddress?: string
}

interface AgentSettingsResult {
  /** null when there is an error */
  readonly settings: AgentSettings | null
  readonly problems: readonly Problem[]
}

const schema: MapSchema = {
  name: { type: 'name', what: 'what people call the node' },
  capabilities: { type: 'words', what: 'what the node has' },
  probes: { type: 'env', what: 'commands that tell what the node has' },
  cores: { type: 'count', what: 'cores that jobs may use' },
  slots: { type: 'count', what: 'jobs that run at once, at most' },
  gpus: { type: 'count', what: 'GPUs that jobs may use' },
  git_ssh_key: { type: 'text', what: 'key for builds that clone private repositories' },
  cache_size: { type: 'bytes', what: 'what unused inputs and builds may take, like 20GiB' },
  answer_address: { type: 'text', what: 'address of this node that trials with processes on other nodes connect to' },
}

const top = (part: string): Path => ({ up: null, part })

/** Never throws for a bad text. An empty file is fine and says nothing. */
export function parseAgentSettings(text: string): AgentSettingsResult {
  const problems = new Problems()
  const reading = new Reading(problems, new Set())
  const tree = yamlTree(text, problems)
  const entries = tree === null || tree.kind === 'null' ? new Map<string, Entry>() : reading.keys(tree, null, schema, 'settings')
  const name = entries?.get('name')
  const capabilities = entries?.get('capabilities')
  const probes = entries?.get('probes')
  const cores = entries?.get('cores')
  const key = entries?.get('git_ssh_key')
  const cache = entries?.get('cache_size')
  const address = entries?.get('answer_address')
  const settings: AgentSettings = {
    ...optional('name', isSet(name) ? readName(reading, name, top('name'), nameProblem) : null),
    ...optional('capabilities', isSet(capabilities) ? readDeclarations(reading, capabilities) : null),
    ...optional('cores', isSet(cores) ? readCores(reading, cores) : null),
    ...optional('slots', readWhole(reading, entries?.get('slots'), top('slots'), { least: 1, most: mostSlots })),
    ...optional('gpus', readWhole(reading, entries?.get('gpus'), top('gpus'), { least: 0, most: mostGpus })),
    ...optional('probes', isSet(probes) ? readProbes(reading, probes) : null),
    ...optional('gitSshKey', isSet(key) ? reading.text(key.value, top('git_ssh_key'), 'the path of a private key') : null),
    ...optional('cacheSize', isSet(cache) ? readBytes(reading, cache) : null),
    ...optional('answerAddress', isSet(address) ? reading.text(address.value, top('answer_address'), 'an address of this node') : null),
  }
  return { settings: problems.failed ? null : settings, problems: problems.located(text) }
}

function optional<K extends string, T>(key: K, value: T | null): { readonly [P in K]?: T } {
  return value === null ? {} : ({ [key]: value } as { readonly [P in K]: T })
}

function readDeclarations(reading: Reading, entry: Entry): readonly string[] | null {
  const path = top('capabilities')
  const items = reading.list(entry, path, 'a list: [gfortran, cuda=12.2]')
  if (items === null) return null
  const words = new Set<string>()
  for (const [index, item] of items.entries()) {
    const here = { up: path, part: index }
    const word = reading.text(item, here, 'a capability')
    if (word === null) continue
    if (isDeclaration(word)) words.add(word.trim())
    else
      reading.problems.error(
        item.at,
        here,
        `'${word}' is nothing that a node can have`,
        'write a word like gfortran, or word=value like cuda=12.2',
      )
  }
  return [...words]
}

function readProbes(reading: Reading, { value }: Entry): Readonly<Record<string, string>> | null {
  const path = top('probes')
  if (value.kind !== 'map') {
    reading.wrong(value, path, 'a mapping', 'write word: command, like gfortran: gfortran -dumpversion')
    return null
  }
  const probes: [string, string][] = []
  for (const entry of value.entries) {
    const here = { up: path, part: entry.key }
    const command = reading.text(entry.value, here, 'a command')
    if (isDeclaration(entry.key) && !entry.key.includes('=')) probes.push([entry.key, command ?? ''])
    else reading.problems.error(entry.keyAt, here, `'${entry.key}' is no word that a node can have`, 'write a word like gfortran')
  }
  return Object.fromEntries(probes)
}

function readCores(reading: Reading, { value }: Entry): number | null {
  const cores = value.kind === 'text' && /^[1-9]\d{0,5}$/.test(value.text) ? Number(value.text) : 0
  if (cores >= 1 && cores <= mostCores) return cores
  reading.wrong(value, top('cores'), `a number of cores, 1 to ${mostCores}`)
  return null
}

function readBytes(reading: Reading, { value }: Entry): number | null {
  try {
    if (value.kind === 'text') return parseBytes(value.text)
  } catch {
    // told below, with its place
  }
  reading.wrong(value, top('cache_size'), 'an amount of bytes', 'write for example 20GiB')
  return null
}
