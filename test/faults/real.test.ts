// The campaign of real faults, short: 40 s of faults on a head and three nodes in namespaces of their own, then calm, then all
// invariants. DIST_REAL_SEED=n draws other ones; scripts/faults.mjs --real runs it for longer.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { needs, skipOrFail } from '../support/needs.ts'
import { root } from '../support/programs.ts'

const seed = process.env['DIST_REAL_SEED'] ?? '7'

test('40 s of real faults: every acknowledged job ends once, results are whole, nothing is left running', async (context) => {
  if (process.getuid?.() !== 0) skipOrFail(context, 'needs root: namespaces and mounts')
  needs(context, 'ip', 'tc', 'nft', 'nsenter', 'unshare', 'setpriv', 'mount', 'mkfs.ext4', 'fallocate')
  const program = join(root, 'test/faults/campaign/main.ts')
  const args = ['--import', createRequire(import.meta.url).resolve('tsx'), program, '--minutes', '0.67', '--phase', '40', '--seed', seed]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const end = (): void => void child.kill('SIGTERM')
  process.once('exit', end)
  let [figures, log] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    figures += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString()
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  process.off('exit', end)
  expect(code, `${log}\n${figures}`).toBe(0)
  const { committed, violations } = JSON.parse(figures) as { committed: number; violations: number }
  console.log(`real faults: ${figures.trim()}`)
  expect(violations).toBe(0)
  expect(committed).toBeGreaterThan(20)
}, 900_000)
