import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/support/keeper-harness.ts'
import { needs } from '../../test/support/needs.ts'
import { within } from '../../test/support/within.ts'
import { nodeProgram } from '../launcher/node-program.ts'

test('a descriptor that came with the start by mistake is closed, and goes to no job', async (context) => {
  needs(context, 'bash')
  const program = [process.execPath, ...nodeProgram('./main', import.meta.url), temporaryFolder(), '0']
  const child = spawn('bash', ['-c', 'exec 200< /dev/null; exec "$@"', 'bash', ...program], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  const [line] = await within(once(child.stdio[3] as Readable, 'data'), 'the keeper is ready')
  expect(JSON.parse(String(line))).toEqual([{ e: 'ready', pid: child.pid }])
  const open = readdirSync(`/proc/${child.pid}/fd`)
  expect(open).toContain('3')
  expect(open).not.toContain('200')
})
