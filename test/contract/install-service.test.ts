// dist-agent --install-service as a real program: it joins, and the unit needs no code.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeHead } from '../support/fake-head.ts'
import { skipOrFail } from '../support/needs.ts'
import { programArgv } from '../support/programs.ts'

let head: FakeHead
let home = ''
beforeEach(async () => {
  head = new FakeHead()
  await head.start()
  home = mkdtempSync(join(tmpdir(), 'dist-agent-'))
})
afterEach(async () => {
  await head.stop()
  rmSync(home, { recursive: true, force: true })
})

function run(...flags: readonly string[]): Promise<{ readonly stdout: string }> {
  const [program, ...first] = programArgv('node-agent')
  const args = [...first, ...flags, '--work', join(home, 'work'), '--install-service', '--output', home]
  return promisify(execFile)(program, args, { env: { PATH: '/usr/bin:/bin', HOME: home } })
}

test('it joins, keeps its key, and writes a unit that starts this program in that folder without the code', async () => {
  const { stdout } = await run('--head', head.url, '--join', 'let-me-in', '--drain-timeout', '1m')
  expect(stdout).toContain(`wrote ${home}/dist-agent.service`)
  expect(JSON.parse(readFileSync(join(home, 'work', 'agent.json'), 'utf8'))).toMatchObject({ head: head.url })
  const unit = readFileSync(join(home, 'dist-agent.service'), 'utf8')
  expect(unit).not.toContain('let-me-in')
  expect(unit).toContain(`ExecStart=${process.execPath} `)
  expect(unit).toContain(`--work ${home}/work --head ${head.url} --drain-timeout 1m\n`)
  expect(unit).toContain('TimeoutStopSec=140\n')
  // the folder belongs to the head now: no code is needed, and another unit is not replaced
  await expect(run('--name', 'other')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('--force') })
})

test('as root for another account: what joining made is given to it, and a folder of somebody else is refused', async (context) => {
  if (process.getuid?.() !== 0) skipOrFail(context, 'needs root: another account')
  await run('--head', head.url, '--join', 'let-me-in', '--account', 'nobody')
  const work = join(home, 'work')
  const owner = statSync('/proc/self').uid
  const made = ['', ...readdirSync(work, { recursive: true, encoding: 'utf8' })]
  expect(made).toContain('agent.key')
  expect(made.filter((name) => statSync(join(work, name)).uid === owner)).toEqual([])
  expect(readFileSync(join(home, 'dist-agent.service'), 'utf8')).toContain('\nUser=nobody\n')
  await expect(run('--account', 'daemon')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('belongs to nobody') })
})
