// Durations as people write and read them. Parsed once, at the edge (flags, jobset file); inner code has milliseconds.
import { DistError } from '../base/errors.ts'

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Milliseconds of `90s`, `1h30m`, `2d`, `500ms`, `1.5h` or `00:30:00`. A number without a unit is refused: the
 * original and Slurm disagree about what it means. Throws `usage`.
 */
export function parseDuration(text: string): number {
  const trimmed = text.trim()
  const clock = /^(\d+):([0-5]\d):([0-5]\d)$/.exec(trimmed)
  if (clock !== null) return (Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3])) * 1000
  if (!/^(\d+(\.\d+)?\s*(ms|s|m|h|d)\s*)+$/.test(trimmed)) throw wrong(text)
  let sum = 0
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g)) sum += Number(amount) * (units[unit ?? ''] ?? 0)
  if (!Number.isSafeInteger(Math.round(sum))) throw wrong(text)
  return Math.round(sum)
}

function wrong(text: string): DistError {
  return new DistError('usage', `${JSON.stringify(text)} is no duration`, { hint: 'write for example 90s, 30m, 1h30m, 2d or 00:30:00' })
}

/** Short text for tables: `350ms`, `1.5s`, `42s`, `5m10s`, `1h05m`, `2d3h`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '-'
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (ms < 999.5) return `${Math.round(ms)}ms`
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${padded(seconds % 60)}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h${padded(minutes % 60)}m`
  const hours = Math.floor(minutes / 60)
  return `${Math.floor(hours / 24)}d${hours % 24}h`
}

function padded(value: number): string {
  return String(value).padStart(2, '0')
}
