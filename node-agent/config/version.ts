// The version of this installation, from the package.json above us (one level up in the source, two in build/).
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export function ownVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown; version?: unknown }
      if (found.name === 'dist' && typeof found.version === 'string') return found.version
    } catch {
      // the next folder up
    }
  }
  return 'unknown'
}
