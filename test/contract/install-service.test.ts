// dist-agent --install-service as a real program: it joins, and the unit needs no code.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { FakeHead } from '../support/fake-head.ts'
import { programArgv } from '../support/programs.ts'

test('it joins, keeps its key, and writes a unit that starts this program in that folder without the code', async () => {
  const head = new FakeHead()
  await head.start()
  const home = mkdtempSync(join(tmpdir(), 'dist-agent-'))
  try {
    const [program, ...first] = programArgv('node-agent')
    const run = (...flags: string[]) =>
      promisify(execFile)(program, [...first, ...flags, '--work', join(home, 'work'), '--install-service', '--output', home], {
        env: { PATH: '/usr/bin:/bin', HOME: home },
      })
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
  } finally {
    await head.stop()
    rmSync(home, { recursive: true, force: true })
  }
})
