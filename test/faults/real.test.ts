// The campaign of real faults: a head and three nodes in namespaces of their own, faults drawn from a seed, then calm, then all
// invariants. 25 s of faults here; DIST_REAL_MINUTES=n for longer, DIST_REAL_SEED=n for others, DIST_REAL_ONLY=kill,cable for
// some kinds. `npx tsx test/faults/campaign/main.ts` is the same without the test around it.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { needs, skipOrFail } from '../support/needs.ts'
import { root } from '../support/programs.ts'

const { DIST_REAL_MINUTES: minutes, DIST_REAL_SEED: seed = '7', DIST_REAL_ONLY: only = '' } = process.env
/** s of faults between two times of calm */
const phase = minutes === undefined ? '25' : '60'

test('real faults: every acknowledged job ends once, results are whole, nothing is left running', async (context) => {
  if (process.getuid?.() !== 0) skipOrFail(context, 'needs root: namespaces and mounts')
  needs(context, 'ip', 'tc', 'nft', 'nsenter', 'unshare', 'setpriv', 'mount', 'mkfs.ext4', 'fallocate')
  const program = join(root, 'test/faults/campaign/main.ts')
  const told = ['--minutes', minutes ?? '0.42', '--phase', phase, '--seed', seed, '--only', only]
  const child = spawn(process.execPath, ['--import', createRequire(import.meta.url).resolve('tsx'), program, ...told], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = (): void => void child.kill('SIGTERM')
  process.once('exit', end)
  let [figures, log] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    figures += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString()
    // whoever asked for hours wants to see them pass
    if (minutes !== undefined) process.stderr.write(chunk)
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  process.off('exit', end)
  expect(code, `${log}\n${figures}`).toBe(0)
  console.log(`real faults: ${figures.trim()}`)
  const { committed, violations } = JSON.parse(figures) as { committed: number; violations: number }
  expect(violations).toBe(0)
  expect(committed).toBeGreaterThan(10)
}, 86_400_000)
