// How results of searches are known in a script's folder: those of another label are no part of what is searched, or no script with two
// searches could be run again.
import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { hiddenFolder } from './place-results.ts'

/** More than a header has. */
const headerBytes = 256 << 10

/** Labels of the searches whose results were placed in this folder. */
export function placedLabels(folder: string): readonly string[] {
  try {
    return readdirSync(join(folder, hiddenFolder))
  } catch {
    return []
  }
}

export function holdsResults(folder: string): boolean {
  return existsSync(join(folder, hiddenFolder))
}

/** A csv that batchtools, `dist search run` or `dist results` wrote, by its first line. */
export function isResultTable(path: string): boolean {
  const names = firstLine(path)
    .split(',')
    .map((name) => name.replaceAll('"', ''))
  return names.includes('trial_label') && names.some((name) => name === 'trial_path' || name.startsWith('config/'))
}

/** Empty for what cannot be read: who sends it says so. */
function firstLine(path: string): string {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = Buffer.allocUnsafe(headerBytes)
      const text = bytes.toString('utf8', 0, readSync(file, bytes))
      return text.split(/\r?\n/, 1)[0] ?? ''
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}
