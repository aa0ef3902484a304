// Command line and environment of dist-agent, compiled into options. A flag wins over the environment
// (DIST_AGENT_*); name, capabilities and cores may also come from agent.yaml (node-settings.ts).
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { defaultWorkFolder } from '../../shared/config/paths.ts'
import { isDeclaration } from '../../shared/model/capability.ts'
import { parseBytes } from '../../shared/text/bytes.ts'
import { parseDuration } from '../../shared/text/duration.ts'

export interface AgentOptions {
  /** http://HOST:PORT, null = as joined before */
  readonly head: string | null
  readonly join: string | null
  readonly work: string
  readonly name: string | null
  readonly capabilities: readonly string[] | null
  readonly cores: number | null
  readonly once: boolean
  /** ms that jobs may go on after a signal; 0 = they are stopped at once */
  readonly drainTimeout: number
  /** bytes that unused inputs and builds may take; null = agent.yaml or the default */
  readonly cacheSize: number | null
  readonly logStyle: 'text' | 'json'
  readonly debug: boolean
}

export type Command =
  | { readonly kind: 'run' | 'check'; readonly options: AgentOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }

export const helpText = `dist-agent: works on jobs of a dist head

  dist-agent --head http://HOST:8952 --join CODE    join a head (\`dist node invite\` prints this line)
  dist-agent                                        start again: the node's key is in its work folder

  --head URL             HTTP address of the head
  --join CODE            join code; @FILE reads it from a file, - from stdin
  --work DIR             work folder on a disk of this machine (default: $XDG_STATE_HOME/dist/agent)
  --name NAME            name of this node (default: host name)
  --capabilities a,b=2   words that jobsets may ask for
  --cores N              cores to offer (default: what affinity and cgroup allow)
  --drain-timeout 30m    after SIGTERM let what runs finish for this long (default 10s; 0s: stop it at once);
                         a second signal stops it
  --cache-size 50GiB     what unused inputs and builds may take on the disk (default 20GiB)
  --once                 exit 0 when the head has nothing for this node
  --log text|json        form of the log on stderr
  --debug                more of it
  --check                only look at this machine; JSON, which 'dist doctor' shows
  --version, --help

Every setting also as DIST_AGENT_HEAD, DIST_AGENT_JOIN, DIST_AGENT_WORK, DIST_AGENT_NAME, DIST_AGENT_CAPABILITIES,
DIST_AGENT_CORES, DIST_AGENT_DRAIN_TIMEOUT, DIST_AGENT_CACHE_SIZE; name, capabilities, cores, cache_size and git_ssh_key also in agent.yaml in the work folder, which is read again when it changes.
`

const flags = {
  head: { type: 'string' },
  join: { type: 'string' },
  work: { type: 'string' },
  name: { type: 'string' },
  capabilities: { type: 'string' },
  cores: { type: 'string' },
  'drain-timeout': { type: 'string' },
  'cache-size': { type: 'string' },
  once: { type: 'boolean' },
  log: { type: 'string' },
  debug: { type: 'boolean' },
  check: { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** `usage` for what is wrong. `read` gives a file's text (0 = stdin). */
export function parseCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  read: (file: string | 0) => string = (file) => readFileSync(file, 'utf8'),
): Command {
  const values = parseFlags(args)
  if (values.help === true) return { kind: 'help' }
  if (values.version === true) return { kind: 'version' }
  const either = (flag: string | undefined, name: string): string | null =>
    flag ?? (env[name] === undefined || env[name] === '' ? null : env[name])
  const join = either(values.join, 'DIST_AGENT_JOIN')
  const capabilities = either(values.capabilities, 'DIST_AGENT_CAPABILITIES')
  const cores = either(values.cores, 'DIST_AGENT_CORES')
  const cacheSize = either(values['cache-size'], 'DIST_AGENT_CACHE_SIZE')
  return {
    kind: values.check === true ? 'check' : 'run',
    options: {
      head: either(values.head, 'DIST_AGENT_HEAD')?.replace(/\/+$/, '') ?? null,
      join: join === null ? null : readCode(join, read),
      work: either(values.work, 'DIST_AGENT_WORK') ?? defaultWorkFolder(env),
      name: nodeName(either(values.name, 'DIST_AGENT_NAME')),
      capabilities: capabilities === null ? null : parseCapabilities(capabilities),
      cores: cores === null ? null : parseCores(cores),
      drainTimeout: parseDuration(either(values['drain-timeout'], 'DIST_AGENT_DRAIN_TIMEOUT') ?? '10s'),
      cacheSize: cacheSize === null ? null : parseBytes(cacheSize),
      once: values.once ?? false,
      logStyle: parseLogStyle(values.log ?? 'text'),
      debug: values.debug ?? false,
    },
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false }).values
  } catch (cause) {
    throw new DistError('usage', errorMessage(cause), { hint: 'see dist-agent --help', cause })
  }
}

function readCode(text: string, read: (file: string | 0) => string): string {
  if (text !== '-' && !text.startsWith('@')) return text
  try {
    return read(text === '-' ? 0 : text.slice(1)).trim()
  } catch (cause) {
    throw new DistError('usage', `cannot read the join code: ${errorMessage(cause)}`, {
      hint: 'give --join CODE, --join @FILE or --join -',
      cause,
    })
  }
}

function nodeName(text: string | null): string | null {
  if (text !== null && (text === '' || text.length > 128)) throw new DistError('usage', '--name needs 1 to 128 characters')
  return text
}

function parseCapabilities(text: string): string[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  for (const word of words) {
    if (!isDeclaration(word))
      throw new DistError('usage', `${JSON.stringify(word)} is no capability`, { hint: 'write word or word=value, separated by commas' })
  }
  return words
}

function parseCores(text: string): number {
  const cores = Number(text)
  if (!Number.isInteger(cores) || cores < 1 || cores > 65_536)
    throw new DistError('usage', `--cores ${text}: a whole number from 1 is needed`)
  return cores
}

function parseLogStyle(text: string): 'text' | 'json' {
  if (text === 'text' || text === 'json') return text
  throw new DistError('usage', `--log ${text}: text or json is needed`)
}
