// The program `dist` itself, from source, as a file that a shell or a terminal can start.
import { chmodSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { TestFolder } from './run-dist.ts'

/** Writes `dist` into the folder; its path. */
export function writeDistProgram(folder: TestFolder): string {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const path = folder.join('dist')
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' --import '${tsx}' '${main}' "$@"\n`)
  chmodSync(path, 0o755)
  return path
}
