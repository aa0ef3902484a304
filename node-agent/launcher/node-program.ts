// Arguments for node that start another program of ours: from source under tsx (development, tests), or the built one.
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** `path` without its ending, relative to the module `from`; `--import tsx` only where that module itself is TypeScript. */
export function nodeProgram(path: string, from: string): string[] {
  if (!from.endsWith('.ts')) return [fileURLToPath(new URL(`${path}.js`, from))]
  const tsx = pathToFileURL(createRequire(from).resolve('tsx')).href
  return ['--import', tsx, fileURLToPath(new URL(`${path}.ts`, from))]
}
