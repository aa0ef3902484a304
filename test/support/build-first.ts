// Runs once before a suite of real programs: builds what they run when a source is newer.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fromSource, root } from './programs.ts'

export function setup(): void {
  if (!fromSource) execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' })
}
