// Flags of --install-service, the same for both daemons, and the arguments that go into the unit. Called by their parsers.
import { resolve } from 'node:path'
import { DistError } from '../base/errors.ts'

export interface ServiceRequest {
  /** a folder to write into instead of systemd's, `-` = stdout, null = where systemd looks */
  readonly output: string | null
  /** replace a unit that differs */
  readonly force: boolean
  /** account of a system unit; null = the owner of the folder */
  readonly account: string | null
}

/** For node:util's parseArgs. */
export const serviceFlags = {
  'install-service': { type: 'boolean' },
  output: { type: 'string' },
  force: { type: 'boolean' },
  account: { type: 'string' },
} as const

/** Lines of a help text, explained from that column on. */
export function serviceHelp(column: number): string {
  const lines = [
    ['--install-service', 'write a systemd unit with these options: for the system as root, else for this user'],
    ['  --output DIR|-', 'into this folder instead, or only print it'],
    ['  --force', 'replace a unit that is there and differs'],
    ['  --account NAME', 'who runs it, as root (default: the owner of its folder)'],
  ] as const
  return lines.map(([flag, what]) => `${`  ${flag}`.padEnd(column)}${what}\n`).join('')
}

type Values = Readonly<Record<string, string | boolean | undefined>>

/** null when no unit is asked for. `usage` for its flags without it. */
export function serviceRequest(values: Values): ServiceRequest | null {
  const { output, force, account } = values
  if (values['install-service'] === true) {
    return { output: text(output), force: force === true, account: text(account) }
  }
  const alone = (['output', 'force', 'account'] as const).find((flag) => values[flag] !== undefined)
  if (alone === undefined) return null
  throw new DistError('usage', `--${alone} goes with --install-service`, { hint: 'it says where and how the systemd unit is written' })
}

/** The flags again as arguments, paths made absolute, without those of --install-service and `without`. */
export function serviceArguments(values: Values, paths: readonly string[], without: readonly string[]): string[] {
  const left = new Set([...Object.keys(serviceFlags), ...without])
  return Object.entries(values).flatMap(([flag, value]) => {
    if (left.has(flag) || value === undefined || value === false) return []
    if (typeof value !== 'string') return [`--${flag}`]
    const said = paths.includes(flag) ? resolve(value) : value
    // what begins with a dash would be read as a flag
    return said.startsWith('-') ? [`--${flag}=${said}`] : [`--${flag}`, said]
  })
}

const text = (value: string | boolean | undefined): string | null => (typeof value === 'string' ? value : null)
