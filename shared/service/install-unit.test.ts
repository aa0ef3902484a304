import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Installation, installUnit } from './install-unit.ts'
import { nextSteps } from './next-steps.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-install-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const request = { output: null, force: false, account: null }
const plan = (change: Partial<Installation> = {}): Installation => ({
  daemon: 'dist-agent',
  request,
  args: ['--work', folder],
  folder,
  stopWithin: 90_000,
  isRoot: false,
  env: { XDG_CONFIG_HOME: folder, PATH: '/usr/bin' },
  ...change,
})
const unit = (): string => join(folder, 'systemd', 'user', 'dist-agent.service')

test("a user's unit lies in the folder of the user's manager, with absolute paths of this installation", () => {
  expect(installUnit(plan())).toContain(`loginctl enable-linger ${userInfo().username}`)
  const text = readFileSync(unit(), 'utf8')
  expect(text).toContain(`ExecStart=${process.execPath} `)
  expect(text).toContain(`--work ${folder}`)
  expect(text).toContain('Environment=PATH=/usr/bin')
})

test('the same again changes nothing and says so; another is refused until --force', () => {
  installUnit(plan())
  expect(installUnit(plan())).toContain('is there already, just like this')
  writeFileSync(unit(), 'mine')
  expect(() => installUnit(plan())).toThrow(expect.objectContaining({ code: 'exists' }))
  expect(readFileSync(unit(), 'utf8')).toBe('mine')
  expect(installUnit(plan({ request: { ...request, force: true } }))).toContain('restart dist-agent')
  expect(readFileSync(unit(), 'utf8')).toContain('[Service]')
})

test('- only prints it, a folder only keeps it', () => {
  expect(installUnit(plan({ request: { ...request, output: '-' } }))).toMatch(/^# written by dist-agent/)
  expect(() => readFileSync(unit())).toThrow(/ENOENT/)
  expect(installUnit(plan({ request: { ...request, output: folder } }))).toContain('Systemd does not look there')
  expect(readFileSync(join(folder, 'dist-agent.service'), 'utf8')).toContain('KillMode=process')
})

test('a system unit runs as the owner of its folder, or as who is named', () => {
  const shown = (account: string | null) => installUnit(plan({ isRoot: true, request: { ...request, output: '-', account } }))
  expect(shown(null)).toContain(`\nUser=${userInfo().username}\n`)
  expect(shown('nobody')).toContain('\nUser=nobody\n')
  expect(() => installUnit(plan({ request: { ...request, account: 'nobody' } }))).toThrow(/needs root/)
})

test('what is typed next', () => {
  expect(
    nextSteps({ daemon: 'dist-server', path: '/etc/systemd/system/dist-server.service', state: 'new', user: null }),
  ).toMatchInlineSnapshot(`
    "wrote /etc/systemd/system/dist-server.service
    Next:
      systemctl daemon-reload
      systemctl enable --now dist-server
    Its log: journalctl -u dist-server -f
    "
  `)
  expect(nextSteps({ daemon: 'dist-agent', path: '/home/anna/u', state: 'replaced', user: 'anna' })).toMatchInlineSnapshot(`
    "replaced /home/anna/u
    Next:
      systemctl --user daemon-reload
      systemctl --user enable --now dist-agent
      systemctl --user restart dist-agent
      loginctl enable-linger anna    # else it ends when you log out
    Its log: journalctl --user -u dist-agent -f
    "
  `)
})
