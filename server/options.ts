// Flags of dist-server: what is written -> defaults added -> compiled (everything present, addresses split).
import { parseArgs } from 'node:util'
import { DistError, errorMessage } from '../shared/base/errors.ts'
import { defaultDataFolder } from '../shared/config/paths.ts'
import { type ServiceRequest, serviceArguments, serviceFlags, serviceHelp, serviceRequest } from '../shared/service/service-flags.ts'
import { type CoreLimits, defaultLimits } from './core/state.ts'
import { assertMayBind } from './security/bind-check.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

export interface HeadOptions {
  readonly data: string
  readonly http: Address
  readonly grpc: Address
  readonly publicUrl: string | null
  readonly readyFile: string | null
  readonly insecurePlain: boolean
  readonly verbose: boolean
  readonly limits: CoreLimits
  /** the interpreter that has the optimisers of searches; null = what head.yaml says, else python3 */
  readonly python: string | null
  /** look at the data folder, say what is found as JSON, and end */
  readonly check: boolean
  /** write a systemd unit, and end */
  readonly service: (ServiceRequest & { readonly args: readonly string[] }) | null
}

export const helpText = `dist-server: the head node of dist

  dist-server [--data DIR] [--http HOST:PORT] [--grpc HOST:PORT]

  --data DIR          where everything is kept            (default: XDG state, dist/head)
  --http HOST:PORT    for people, pages and bytes         (default: 127.0.0.1:8952; port 0 = any)
  --grpc HOST:PORT    for agents                          (default: 127.0.0.1:8953; port 0 = any)
  --public-url URL    the address that join lines show    (default: the HTTP address)
  --ready-file FILE   JSON {http, grpc, pid, adminToken}, written 0600 when it listens
  --python FILE       the Python that has optuna and the like, for searches (default: head.yaml's, else python3)
  --insecure-plain    allow other addresses than this machine's own without TLS
  --verbose           log every request
  --check             only look at the data folder; JSON, which 'dist doctor --data DIR' shows
${serviceHelp(22)}  --version, --help

example: dist-server --data /srv/dist
`

/** Parses argv without program names. `usage` for anything wrong. */
export function parseOptions(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): HeadOptions | 'help' | 'version' {
  const { values } = parsed(argv)
  if (values.help === true) return 'help'
  if (values.version === true) return 'version'
  const http = parseAddress(values.http ?? '127.0.0.1:8952', '--http')
  const grpc = parseAddress(values.grpc ?? '127.0.0.1:8953', '--grpc')
  const data = values.data ?? defaultDataFolder(env)
  const service = serviceRequest(values)
  const insecurePlain = values['insecure-plain'] === true
  for (const address of [http, grpc]) assertMayBind(address.host, insecurePlain)
  return {
    data,
    http,
    grpc,
    publicUrl: values['public-url']?.replace(/\/+$/, '') ?? null,
    readyFile: values['ready-file'] ?? null,
    insecurePlain,
    verbose: values.verbose === true,
    limits: defaultLimits,
    python: values.python ?? null,
    check: values.check === true,
    service: service === null ? null : { ...service, args: serviceArguments({ data, ...values }, ['data', 'ready-file'], ['check']) },
  }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        data: { type: 'string' },
        http: { type: 'string' },
        grpc: { type: 'string' },
        'public-url': { type: 'string' },
        'ready-file': { type: 'string' },
        'insecure-plain': { type: 'boolean' },
        python: { type: 'string' },
        verbose: { type: 'boolean' },
        check: { type: 'boolean' },
        ...serviceFlags,
        version: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new DistError('usage', errorMessage(error), { hint: 'dist-server --help shows the flags' })
  }
}

/** Splits HOST:PORT; IPv6 hosts in brackets. */
export function parseAddress(text: string, flag: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  const host = match?.[1] ?? match?.[2]
  if (host === undefined || port > 65535) {
    throw new DistError('usage', `${flag}: '${text}' is not HOST:PORT`, { hint: `for example ${flag} 127.0.0.1:8952` })
  }
  return { host, port }
}
