// What posix/manifest.sh and posix/task.sh write: the list of what a job left, and how it ended. Pure.

export type Listed =
  | { readonly kind: 'file'; readonly path: string; readonly size: number; readonly mode: number; readonly sha256: string }
  | { readonly kind: 'folder' | 'other'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }

/** By path, which begins with `output/` or is `stdout.txt`; null when the text is no manifest. */
export function readManifest(text: string): ReadonlyMap<string, Listed> | null {
  const listed = new Map<string, Listed>()
  if (text !== '' && !text.endsWith('\n')) return null
  for (const line of text.split('\n').slice(0, -1)) {
    const entry = readLine(line.split('\t'))
    if (entry === null || listed.has(entry.path)) return null
    listed.set(entry.path, entry)
  }
  return listed
}

function readLine(fields: readonly string[]): Listed | null {
  const [kind, ...rest] = fields
  if (kind === 'f') {
    const [mode = '', size = '', sha256 = '', name = ''] = rest
    const path = decode(name)
    if (path === null || !/^(644|755)$/.test(mode) || !/^\d{1,15}$/.test(size) || !/^[0-9a-f]{64}$/.test(sha256)) return null
    return { kind: 'file', path, size: Number(size), mode: Number.parseInt(mode, 8), sha256 }
  }
  const path = decode(rest[0] ?? '')
  if (path === null) return null
  switch (kind) {
    case 'd':
      return { kind: 'folder', path }
    case 'o':
      return { kind: 'other', path }
    case 'l': {
      const target = decode(rest[1] ?? '')
      return target === null ? null : { kind: 'link', path, target }
    }
    default:
      return null
  }
}

/** `=TEXT` or `#HEX`; what is no UTF-8 becomes U+FFFD, as the file system's names do. */
function decode(name: string): string | null {
  if (name.startsWith('=')) return name.slice(1)
  return /^#([0-9a-f]{2})*$/.test(name) ? Buffer.from(name.slice(1), 'hex').toString('utf8') : null
}

export interface Status {
  readonly outcome: string
  /** as the shell has it: over 128 for a signal */
  readonly exit: number
  readonly reason: string
  /** s since 1970 */
  readonly started: number
  readonly finished: number
  readonly host: string
  readonly cores: number
  /** s */
  readonly userSeconds: number
  readonly systemSeconds: number
  /** SHA-256 of the manifest's text */
  readonly manifest: string
}

/** Null when it is no whole status file. */
export function readStatus(text: string): Status | null {
  const fields = new Map(text.split('\n').map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]))
  const get = (name: string) => fields.get(name) ?? ''
  const number = (name: string) => (/^\d{1,12}$/.test(get(name)) ? Number(get(name)) : null)
  const [exit, started, finished, cores] = ['exit', 'started', 'finished', 'cores'].map(number)
  const manifest = get('manifest')
  if (exit == null || started == null || finished == null || cores == null || !/^[0-9a-f]{64}$/.test(manifest)) return null
  const [user = 0, system = 0] = get('cpu').split(' ').map(seconds)
  return {
    ...{ outcome: get('outcome'), exit, reason: get('reason'), started, finished, host: get('host') || 'unknown' },
    ...{ cores: Math.max(1, cores), userSeconds: user, systemSeconds: system, manifest },
  }
}

/** `1m2.5s`, as the shell's `times` has it. */
function seconds(text: string): number {
  const match = /^(\d+)m([\d.]+)s$/.exec(text)
  return match === null ? 0 : Number(match[1]) * 60 + Number(match[2])
}
