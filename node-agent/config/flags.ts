// Command line and environment of dist-agent, compiled into options. A flag wins over the environment
// (DIST_AGENT_*); what node-settings.ts merges may also come from agent.yaml.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { mostCores, mostGpus, mostSlots } from '../../shared/config/node-limits.ts'
import { defaultWorkFolder } from '../../shared/config/paths.ts'
import { isDeclaration } from '../../shared/model/capability.ts'
import { type ServiceRequest, serviceArguments, serviceFlags, serviceHelp, serviceRequest } from '../../shared/service/service-flags.ts'
import { parseBytes } from '../../shared/text/bytes.ts'
import { parseDuration } from '../../shared/text/duration.ts'
import { parseCpuList } from '../probe/cpus.ts'
import type { ViewMode } from '../stage/places.ts'

export interface AgentOptions {
  /** http://HOST:PORT, null = as joined before */
  readonly head: string | null
  readonly join: string | null
  readonly work: string
  readonly name: string | null
  readonly capabilities: readonly string[] | null
  readonly cores: number | null
  /** jobs that run at once; null = agent.yaml, else as many as cores */
  readonly slots: number | null
  /** null = agent.yaml, else what is found */
  readonly gpus: number | null
  /** how slots share a build; null = what the probe finds */
  readonly views: ViewMode | null
  /** CPUs that jobs are bound to; `none` = never, null = all, where that is safe */
  readonly pin: readonly number[] | 'none' | null
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
  /** write a systemd unit that starts an agent with `args` */
  | { readonly kind: 'install'; readonly options: AgentOptions; readonly request: ServiceRequest; readonly args: readonly string[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }

export const helpText = `dist-agent: works on jobs of a dist head

  dist-agent --head http://HOST:8952 --join CODE    join a head (\`dist node invite\` prints this line)
  dist-agent                                        start again: the node's key is in its work folder

  --head URL             HTTP address of the head
  --join CODE            join code; @FILE reads it from a file, - from stdin; a second line there may be the head's URL
  --work DIR             work folder on a disk of this machine (default: $XDG_STATE_HOME/dist/agent)
  --name NAME            name of this node (default: host name)
  --capabilities a,b=2   words that jobsets may ask for
  --cores N              cores to offer (default: what affinity and cgroup allow)
  --slots N              jobs that run at once, at most (default: one per core)
  --gpus N               GPUs to offer (default: those that nvidia-smi lists)
  --pin 0-3,6|none       CPUs that jobs are bound to (default: all of them, where this is the machine's only agent)
  --views auto|overlay|copy|build
                         how jobs that run at once share a build: by views of it, or one build per slot (default: auto)
  --drain-timeout 30m    after SIGTERM let what runs finish for this long (default 10s; 0s: stop it at once);
                         a second signal stops it
  --cache-size 50GiB     what unused inputs and builds may take on the disk (default 20GiB)
  --once                 exit 0 when the head has nothing for this node
  --log text|json        form of the log on stderr
  --debug                more of it
  --check                only look at this machine; JSON, which 'dist doctor' shows
${serviceHelp(25)}  --version, --help

Every setting also as DIST_AGENT_HEAD, DIST_AGENT_JOIN, DIST_AGENT_WORK, DIST_AGENT_NAME, DIST_AGENT_CAPABILITIES,
DIST_AGENT_CORES, DIST_AGENT_SLOTS, DIST_AGENT_GPUS, DIST_AGENT_PIN, DIST_AGENT_VIEWS, DIST_AGENT_DRAIN_TIMEOUT,
DIST_AGENT_CACHE_SIZE; name, capabilities, probes, cores, slots, gpus, cache_size and git_ssh_key also in agent.yaml in the
work folder, which is read again when it changes.
`

const flags = {
  head: { type: 'string' },
  join: { type: 'string' },
  work: { type: 'string' },
  name: { type: 'string' },
  capabilities: { type: 'string' },
  cores: { type: 'string' },
  slots: { type: 'string' },
  gpus: { type: 'string' },
  pin: { type: 'string' },
  views: { type: 'string' },
  'drain-timeout': { type: 'string' },
  'cache-size': { type: 'string' },
  once: { type: 'boolean' },
  log: { type: 'string' },
  debug: { type: 'boolean' },
  check: { type: 'boolean' },
  ...serviceFlags,
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** those that DIST_AGENT_* may give; a join code is for once */
const environmentSettings: ReadonlySet<string> = new Set([
  'head',
  'work',
  'name',
  'capabilities',
  'cores',
  'slots',
  'gpus',
  'pin',
  'views',
  'drain-timeout',
  'cache-size',
])

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
  const [join, headBehind] = joinCode(either(values.join, 'DIST_AGENT_JOIN'), read)
  const capabilities = either(values.capabilities, 'DIST_AGENT_CAPABILITIES')
  const count = (flag: 'cores' | 'slots' | 'gpus', least: number, most: number) => {
    const text = either(values[flag], `DIST_AGENT_${flag.toUpperCase()}`)
    return text === null ? null : parseCount(flag, text, least, most)
  }
  const cacheSize = either(values['cache-size'], 'DIST_AGENT_CACHE_SIZE')
  const request = serviceRequest(values)
  if (request !== null && values.once === true) throw new DistError('usage', '--once: a service stays', { hint: 'leave it out' })
  const options: AgentOptions = {
    head: (either(values.head, 'DIST_AGENT_HEAD') ?? headBehind)?.replace(/\/+$/, '') ?? null,
    join,
    work: either(values.work, 'DIST_AGENT_WORK') ?? defaultWorkFolder(env),
    name: nodeName(either(values.name, 'DIST_AGENT_NAME')),
    capabilities: capabilities === null ? null : parseCapabilities(capabilities),
    cores: count('cores', 1, mostCores),
    slots: count('slots', 1, mostSlots),
    gpus: count('gpus', 0, mostGpus),
    views: parseViews(either(values.views, 'DIST_AGENT_VIEWS') ?? 'auto'),
    pin: parsePin(either(values.pin, 'DIST_AGENT_PIN')),
    drainTimeout: parseDuration(either(values['drain-timeout'], 'DIST_AGENT_DRAIN_TIMEOUT') ?? '10s'),
    cacheSize: cacheSize === null ? null : parseBytes(cacheSize),
    once: values.once ?? false,
    logStyle: parseLogStyle(values.log ?? 'text'),
    debug: values.debug ?? false,
  }
  if (request === null) return { kind: values.check === true ? 'check' : 'run', options }
  return { kind: 'install', options, request, args: serviceArguments(settings(values, env), ['work'], ['join', 'once', 'check']) }
}

/** Every flag, from the environment where it was not given: a unit has no other. The work folder always. */
function settings(values: ReturnType<typeof parseFlags>, env: NodeJS.ProcessEnv): Readonly<Record<string, string | boolean | undefined>> {
  const fromEnv = Object.keys(flags).map(
    (flag) => [flag, env[`DIST_AGENT_${flag.toUpperCase().replaceAll('-', '_')}`] || undefined] as const,
  )
  const known = fromEnv.filter(([flag]) => environmentSettings.has(flag))
  return { work: defaultWorkFolder(env), ...Object.fromEntries(known.filter(([, value]) => value !== undefined)), ...values }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false }).values
  } catch (cause) {
    throw new DistError('usage', errorMessage(cause), { hint: 'see dist-agent --help', cause })
  }
}

/** Whether the code comes by stdin: whoever waits for it may load what is needed then meanwhile. */
export function waitsForCode(args: readonly string[]): boolean {
  return args.includes('--join=-') || args[args.indexOf('--join') + 1] === '-'
}

/** The code, and the head's address if it stands on a second line. */
function joinCode(text: string | null, read: (file: string | 0) => string): readonly [string | null, string | null] {
  if (text === null || (text !== '-' && !text.startsWith('@'))) return [text, null]
  try {
    const [code = '', head] = read(text === '-' ? 0 : text.slice(1))
      .trim()
      .split(/\s*\n\s*/)
    return [code, head ?? null]
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

function parseCount(flag: string, text: string, least: number, most: number): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text)
  throw new DistError('usage', `--${flag} ${text}: a whole number from ${least} to ${most} is needed`)
}

function parseViews(text: string): ViewMode | null {
  if (text === 'overlay' || text === 'copy' || text === 'build') return text
  if (text === 'auto') return null
  throw new DistError('usage', `--views ${text}: auto, overlay, copy or build is needed`)
}

function parsePin(text: string | null): AgentOptions['pin'] {
  if (text === null || text === 'auto') return null
  if (text === 'none') return 'none'
  const cpus = parseCpuList(text)
  if (cpus !== null) return cpus
  throw new DistError('usage', `--pin ${text}: a list of CPUs is needed`, { hint: 'write for example --pin 0-3,6, or --pin none' })
}

function parseLogStyle(text: string): 'text' | 'json' {
  if (text === 'text' || text === 'json') return text
  throw new DistError('usage', `--log ${text}: text or json is needed`)
}
