// How tests start our three programs: the built ones, or (DIST_TEST_SOURCE=1, while working on them) from source.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Program = 'cli' | 'server' | 'node-agent'

/** Root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** True when tests run the TypeScript sources through tsx. */
export const fromSource = process.env['DIST_TEST_SOURCE'] === '1'

/** Command and leading arguments that run a program. */
export function programArgv(program: Program): readonly [string, ...string[]] {
  if (!fromSource) return [process.execPath, join(root, 'build', program, 'main.js')]
  return [process.execPath, '--import', createRequire(import.meta.url).resolve('tsx'), join(root, program, 'main.ts')]
}
