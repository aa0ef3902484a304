// Amounts of memory and disk as people write and read them. Parsed once, at the edge; inner code has bytes.
import { DistError } from '../base/errors.ts'

const prefixes = ['', 'K', 'M', 'G', 'T', 'P']

/**
 * Bytes of `8GiB`, `8G` (both 1024-based, as Slurm and SGE read it), `8GB` (1000-based), `512`, `1.5 MiB`; any case.
 * Throws `usage`.
 */
export function parseBytes(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?b)?\s*$/i.exec(text)
  if (match === null) throw wrong(text)
  const [, amount, prefix, unit] = match
  if (prefix === '' && unit?.toLowerCase() === 'ib') throw wrong(text)
  const base = unit?.toLowerCase() === 'b' ? 1000 : 1024
  const bytes = Math.round(Number(amount) * base ** prefixes.indexOf((prefix ?? '').toUpperCase()))
  if (!Number.isSafeInteger(bytes)) throw wrong(text)
  return bytes
}

function wrong(text: string): DistError {
  return new DistError('usage', `${JSON.stringify(text)} is no amount of bytes`, { hint: 'write for example 512MiB, 8GiB or 20GB' })
}

/** Short text for tables: `0 B`, `999 B`, `1.5 KiB`, `12 MiB`; 1024-based. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '-'
  if (bytes < 0) return `-${formatBytes(-bytes)}`
  let power = 0
  let value = bytes
  // 1023.5 of a unit would be shown as 1024
  while (value >= (power === 0 ? 1024 : 1023.5) && power < prefixes.length - 1) {
    value /= 1024
    power++
  }
  if (power === 0) return `${Math.round(value)} B`
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${prefixes[power]}iB`
}
