// How to start the other two programs of this package: from source under tsx (development, tests), or as built.
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

export type ProgramName = 'server' | 'node-agent'

export interface ProgramCommand {
  readonly command: string
  readonly args: readonly string[]
}

export function programCommand(name: ProgramName, args: readonly string[]): ProgramCommand {
  const isSource = import.meta.url.endsWith('.ts')
  const path = fileURLToPath(new URL(`../../${name}/main.${isSource ? 'ts' : 'js'}`, import.meta.url))
  if (!isSource) return { command: process.execPath, args: [path, ...args] }
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return { command: process.execPath, args: ['--import', tsx, path, ...args] }
}
